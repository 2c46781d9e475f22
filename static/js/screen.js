// The calling screen: asks every two seconds, chimes and speaks Vietnamese for each new call, and keeps the last
// numbers on the screen (also over a restart of the browser) while the network is down.
(function () {
  "use strict";

  var body = document.body;
  var address = body.getAttribute("data-screen");
  if (!address || !window.fetch) { return; }

  var EVERY = 2000;
  var KEPT = "screen:" + address;
  var list = document.querySelector("[data-calls]");
  var none = document.querySelector("[data-none]");
  var waiting = document.querySelector("[data-waiting]");
  var lost = document.querySelector("[data-lost-text]");
  var clock = document.querySelector("[data-clock]");
  var button = document.querySelector("[data-sound]");
  var tag = null, seen = null, sound = null, answered = null;

  function two(number) { return (number < 10 ? "0" : "") + number; }
  function time(when) { return two(when.getHours()) + ":" + two(when.getMinutes()); }

  function element(name, text, kind) {
    var node = document.createElement(name);
    if (text !== null) { node.textContent = text; }
    if (kind) { node.className = kind; }
    return node;
  }

  function row(call, isNew) {
    var item = element("li", null, (call.here ? "screen-here" : "") + (isNew ? " screen-new" : ""));
    var place = element("span", body.getAttribute("data-counter") + " ", "");
    place.appendChild(element("b", String(call.counter), ""));
    item.appendChild(element("b", call.label, ""));
    item.appendChild(place);
    return item;
  }

  // ---- sound: browsers allow it after somebody has touched the page once

  function chime() {
    [660, 880].forEach(function (pitch, index) {
      var tone = sound.createOscillator(), volume = sound.createGain();
      var start = sound.currentTime + index * 0.3;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.3, start);
      volume.gain.exponentialRampToValueAtTime(0.001, start + 0.5);
      tone.connect(volume);
      volume.connect(sound.destination);
      tone.start(start);
      tone.stop(start + 0.5);
    });
  }

  function speak(text) {
    if (!window.speechSynthesis) { return; }
    var words = new window.SpeechSynthesisUtterance(text);
    words.lang = "vi-VN";
    words.rate = 0.9;
    window.speechSynthesis.getVoices().forEach(function (voice) {
      if (voice.lang.toLowerCase().indexOf("vi") === 0) { words.voice = voice; }
    });
    window.speechSynthesis.speak(words);
  }

  function announce(calls) {
    if (!calls.length) { return; }
    if (sound && sound.state === "running") { chime(); }
    calls.slice().reverse().forEach(function (call) { speak(call.say); });
  }

  function allowSound() {
    var Context = window.AudioContext || window.webkitAudioContext;
    if (!Context) { return; }
    sound = sound || new Context();
    sound.resume().then(function () { button.hidden = sound.state === "running"; }, function () {});
  }

  // ---- what is shown

  function show(state, mayAnnounce) {
    var fresh = state.calls.filter(function (call) { return seen && call.here && seen.indexOf(call.call) < 0; });
    list.textContent = "";
    state.calls.forEach(function (call) { list.appendChild(row(call, fresh.indexOf(call) >= 0)); });
    none.hidden = state.calls.length > 0;
    waiting.textContent = state.waiting;
    seen = state.calls.map(function (call) { return call.call; }).concat(seen || []).slice(0, 200);
    if (mayAnnounce) { announce(fresh); }
  }

  function keep(text) {
    try { window.localStorage.setItem(KEPT, text); } catch (refused) { /* private window: nothing is kept */ }
  }

  function restore() {
    try {
      var kept = JSON.parse(window.localStorage.getItem(KEPT) || "null");
      if (kept && !list.children.length) { show(kept, false); }
    } catch (broken) { /* what cannot be read is no loss */ }
  }

  function connected(isThere) {
    lost.hidden = isThere;
    if (!isThere) {
      lost.textContent = body.getAttribute("data-lost").replace("{t}", answered ? time(answered) : "–");
    }
  }

  function ask() {
    var headers = tag ? { "If-None-Match": tag } : {};
    window.fetch(address, { headers: headers, cache: "no-store" }).then(function (answer) {
      if (answer.status !== 304 && !answer.ok) { throw new Error(String(answer.status)); }
      answered = new Date();
      connected(true);
      if (answer.status === 304) { return null; }
      tag = answer.headers.get("ETag");
      return answer.text().then(function (text) { show(JSON.parse(text), true); keep(text); });
    }).catch(function () { connected(false); }).then(function () { window.setTimeout(ask, EVERY); });
  }

  function tick() { clock.textContent = time(new Date()); }

  button.hidden = false;
  button.addEventListener("click", allowSound);
  document.addEventListener("keydown", allowSound);
  allowSound();
  restore();
  tick();
  window.setInterval(tick, 5000);
  ask();
}());
