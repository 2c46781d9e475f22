// The text of the QR on the identity card, read into the fields of the declaration. A pure function: text in,
// fields out, null when it is no card. Seven parts between bars:
//   number | old CMND number, may be empty | name | birth DDMMYYYY | Nam or Nữ | permanent address | issued DDMMYYYY
// Newer cards carry more (parents, spouse, cancelled numbers); that is dropped here and kept nowhere.
// Six parts, or dates with slashes, are what some websites claim; no card has them, so they fill nothing.
(function () {
  "use strict";

  var PARTS = 7;
  // What a desk scanner makes of accents when it is not set to UTF-8.
  var MANGLED = /[?\uFFFD\d_~^`$%&*{}[\]\\<>=+@#!;"]/;

  function tidy(text) {
    var composed = text.normalize ? text.normalize("NFC") : text;
    return composed.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\ufeff]/g, "").replace(/\s+/g, " ").trim();
  }

  function isDay(day, month, year) {
    var date = new Date(Date.UTC(year, month - 1, day));
    return year >= 1900 && date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 &&
      date.getUTCDate() === day;
  }

  // "dd/mm/yyyy" for DDMMYYYY, "" for anything else.
  function readDate(text) {
    var found = /^(\d{2})(\d{2})(\d{4})$/.exec(text);
    if (!found || !isDay(Number(found[1]), Number(found[2]), Number(found[3]))) { return ""; }
    return found[1] + "/" + found[2] + "/" + found[3];
  }

  // Papers of older people show a year only: 00001948 or 1948.
  function readYear(text) {
    var found = /^(?:0000)?(\d{4})$/.exec(text);
    return found && Number(found[1]) >= 1900 ? found[1] : "";
  }

  function readName(text) {
    return text.length >= 2 && text.length <= 100 && !MANGLED.test(text) ? text : "";
  }

  function readAddress(text) {
    return /[?\uFFFD<>]/.test(text) ? "" : text.slice(0, 300);
  }

  function readGender(text) {
    if (text === "Nam") { return "male"; }
    return text === "Nữ" ? "female" : "";
  }

  window.readCardText = function (raw) {
    var parts = tidy(String(raw)).split("|").map(function (part) { return part.trim(); });
    if (parts.length < PARTS || !/^\d{12}$/.test(parts[0]) || !/^(\d{9}|\d{12})?$/.test(parts[1])) { return null; }
    var birth = readDate(parts[3]), year = readYear(parts[3]);
    if (!birth && !year) { return null; }
    return {
      identity_number: parts[0],
      old_number: parts[1].length === 9 ? parts[1] : "",
      full_name: readName(parts[2]),
      birth_date: birth || year,
      birth_precision: birth ? "day" : "year",
      gender: readGender(parts[4]),
      permanent_address: readAddress(parts[5]),
      card_issued_on: readDate(parts[6])
    };
  };
}());
