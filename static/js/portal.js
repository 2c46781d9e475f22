// Small comforts on top of pages that work without script. Loaded with "defer"; no inline code anywhere.
(function () {
  "use strict";

  // The summary of errors takes the focus, so that screen readers and small screens start there.
  function focusErrorSummary() {
    var summary = document.querySelector("[data-error-summary]");
    if (summary) { summary.focus(); }
  }

  function selectText(node) {
    var range = document.createRange();
    range.selectNodeContents(node);
    var selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  }

  // In-app browsers often refuse the clipboard: then the code is at least selected for a long press.
  function copyCode(button) {
    var source = document.getElementById(button.getAttribute("data-copy"));
    var answer = button.parentNode.querySelector("[data-copy-done]");
    function done() { answer.textContent = button.getAttribute("data-done"); }
    function refused() { selectText(source); answer.textContent = button.getAttribute("data-refused"); }
    if (!navigator.clipboard) { refused(); return; }
    navigator.clipboard.writeText(source.textContent.trim()).then(done, refused);
  }

  function enableCopyButtons() {
    document.querySelectorAll("[data-copy]").forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () { copyCode(button); });
    });
  }

  function clock(seconds) {
    var rest = seconds % 60;
    return Math.floor(seconds / 60) + ":" + (rest < 10 ? "0" : "") + rest;
  }

  // Counts the seconds the server gave from the moment the page arrived: a phone's clock may be wrong.
  // A place kept for an officer's call is kept for hours: the clock time says it better than minutes.
  function startCountdown(box) {
    if (Number(box.getAttribute("data-seconds")) > 3600) { return; }
    var end = Date.now() + Number(box.getAttribute("data-seconds")) * 1000;
    var shown = box.querySelector("[data-countdown-left]");
    var news = box.querySelector("[data-countdown-news]");
    var warned = false;
    function tick() {
      var left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      shown.textContent = clock(left);
      if (left <= 60 && left > 0 && !warned) { warned = true; news.textContent = box.getAttribute("data-soon"); }
      if (left > 0) { window.setTimeout(tick, 1000); return; }
      box.setAttribute("data-state", "over");
      box.querySelector("[data-countdown-text]").hidden = true;
      news.className = "";
      news.textContent = box.getAttribute("data-over");
    }
    box.querySelector("[data-countdown-fixed]").hidden = true;
    box.querySelector("[data-countdown-text]").hidden = false;
    tick();
  }

  // What may only be asked for in a while is hidden until then; without script it is there at once.
  function showLater(box) {
    var end = Date.now() + Number(box.getAttribute("data-later")) * 1000;
    var then = box.querySelector("[data-later-then]");
    var text = box.querySelector("[data-later-text]");
    var shown = box.querySelector("[data-later-left]");
    function tick() {
      var left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      shown.textContent = left;
      text.hidden = left === 0;
      then.hidden = left > 0;
      if (left > 0) { window.setTimeout(tick, 1000); }
    }
    box.querySelector("[data-later-fixed]").hidden = true;
    tick();
  }

  // One tap sends a form once. The button is shut after the browser has read its name and value, and opens
  // again when the page is shown from the history or the network has swallowed the answer.
  function openButtons(form) {
    form.querySelectorAll("button[type=submit]").forEach(function (button) { button.disabled = false; });
  }

  function sendOnce(form) {
    form.addEventListener("submit", function () {
      window.setTimeout(function () {
        form.querySelectorAll("button[type=submit]").forEach(function (button) { button.disabled = true; });
      }, 0);
      window.setTimeout(function () { openButtons(form); }, 15000);
    });
    window.addEventListener("pageshow", function () { openButtons(form); });
  }

  // Where scripts run, this stands in for <meta http-equiv="refresh">.
  function reloadLater(node) {
    window.setTimeout(function () { window.location.reload(); }, Number(node.getAttribute("data-reload")) * 1000);
  }

  enableCopyButtons();
  document.querySelectorAll("[data-reload]").forEach(reloadLater);
  document.querySelectorAll("form[method=post]").forEach(sendOnce);
  document.querySelectorAll("[data-seconds]").forEach(startCountdown);
  document.querySelectorAll("[data-later]").forEach(showLater);
  focusErrorSummary();
}());
