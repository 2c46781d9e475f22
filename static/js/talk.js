// Looks every few seconds whether something is new in the inbox or in the open conversation. The page works
// without it. Nothing an officer types is touched, and what he is reading with the keyboard stays in place.
(function () {
  "use strict";

  var EVERY = 8000;
  var region = document.querySelector("[data-refresh]");

  function each(selector, work) {
    document.querySelectorAll(selector).forEach(work);
  }

  function typed() {
    var box = document.querySelector("[data-words]");
    return Boolean(box && box.value.trim());
  }

  // Whoever is typing must read the news before he sends: his form keeps the version he saw, and the server
  // asks him to look. An empty box takes the new version.
  function take(news) {
    region.dataset.stamp = news.stamp;
    var seen = document.querySelector("[data-seen]");
    if (news.version === undefined || !seen || seen.value === String(news.version)) { return; }
    if (typed()) {
      each("[data-news]", function (note) { note.hidden = false; });
      return;
    }
    each("[data-seen]", function (field) { field.value = news.version; });
  }

  function show(html) {
    var parsed = new DOMParser().parseFromString(html, "text/html");
    region.replaceChildren.apply(region, Array.from(parsed.body.childNodes));
  }

  function ask() {
    if (document.hidden || region.contains(document.activeElement)) { return; }
    var address = new URL(region.dataset.refresh, window.location.href);
    address.searchParams.set("biet", region.dataset.stamp);
    fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.json() : null; })
      .then(function (news) {
        if (!news || news.html === undefined) { return; }
        show(news.html);
        take(news);
      })
      .catch(function () { /* no network, or logged out: the next look or the next press tells */ });
  }

  if (region) { window.setInterval(ask, EVERY); }
}());
