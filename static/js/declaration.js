// What the birth date and the request mean for the rest of the declaration. The server says and checks the
// same (procedures/declarations); without script everything is asked, folded.
(function () {
  "use strict";

  var form = document.querySelector("form[data-declaration]");
  if (!form) { return; }
  var birth = form.elements.birth_date;
  var refused = birth && birth.classList.contains("is-invalid") ? birth.value : null;

  // Years on the day of the visit; null while the date is being typed. A year alone counts as 1 January.
  function ageOnVisit(text) {
    var day = /^(\d{1,2})[\/.\- ]?(\d{1,2})[\/.\- ]?(\d{4})$/.exec(text.trim()) || /^()()(\d{4})$/.exec(text.trim());
    var visit = form.getAttribute("data-visit-day").split("-").map(Number);
    if (!day || Number(day[3]) < 1900) { return null; }
    var month = Number(day[2] || 1), date = Number(day[1] || 1);
    var age = visit[0] - Number(day[3]) - (visit[1] < month || (visit[1] === month && visit[2] < date) ? 1 : 0);
    return age < 0 ? null : age;
  }

  function bandOf(age) {
    if (age === null) { return ""; }
    if (age < 6) { return "under_6"; }
    return age < 14 ? "from_6_to_13" : "from_14";
  }

  function births() { return Array.prototype.slice.call(form.querySelectorAll("[name$=birth_date]")); }

  // Below an error that says the same the hint waits until the date is changed.
  function showBands() {
    var bands = births().map(function (box) { return bandOf(ageOnVisit(box.value)); });
    var child = form.querySelector("[data-fold=child]");
    form.querySelectorAll("[data-band]").forEach(function (hint) {
      hint.hidden = bands.indexOf(hint.getAttribute("data-band")) < 0 || birth.value === refused;
    });
    if (!child) { return; }
    // What somebody already typed there stays in sight.
    var typed = Array.prototype.some.call(child.querySelectorAll("input, select"), function (box) { return box.value; });
    child.hidden = !typed && bands.every(function (band) { return band === "from_14"; });
    if (bands.indexOf("under_6") >= 0 || bands.indexOf("from_6_to_13") >= 0) { child.open = true; }
  }

  // Only the reasons of the chosen request can be chosen.
  function showReasons() {
    var kind = form.querySelector("[name=request_kind]:checked");
    var reason = form.elements.reason;
    if (!kind || !reason) { return; }
    var wanted = form.querySelector("label[for='" + kind.id + "']").textContent;
    reason.querySelectorAll("optgroup").forEach(function (group) {
      group.disabled = group.hidden = group.label !== wanted;
      if (group.disabled && group.contains(reason.selectedOptions[0])) { reason.value = ""; }
    });
  }

  births().forEach(function (box) {
    box.addEventListener("input", showBands);
    box.addEventListener("change", showBands);
  });
  if (birth) { showBands(); }
  form.querySelectorAll("[name=request_kind]").forEach(function (radio) {
    radio.addEventListener("change", showReasons);
  });
  showReasons();
}());
