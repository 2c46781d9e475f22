// The officers' desk: names, roles and keys that the admin theme's own pages leave out. Loaded in the head, so
// its work on a finished page is done before the theme's scroll boxes are made. No inline code anywhere.
(function () {
  "use strict";

  var ICON = ".material-symbols-outlined";
  var words = {};

  function each(selector, work) {
    document.querySelectorAll(selector).forEach(work);
  }

  // What a node says without the names of its icons ("close" is a drawing, not a word).
  function plainText(node) {
    var copy = node.cloneNode(true);
    copy.querySelectorAll(ICON).forEach(function (icon) { icon.remove(); });
    return copy.textContent.replace(/\s+/g, " ").trim();
  }

  function upperFirst(text) {
    return text.charAt(0).toUpperCase() + text.slice(1);
  }

  // Labels of a row on a phone stand alone, so they begin like sentences.
  function capitaliseLabels() {
    each("[data-label]", function (cell) {
      cell.setAttribute("data-label", upperFirst(cell.getAttribute("data-label").trim()));
    });
  }

  // The theme calls every scroll box "scrollable content"; two of them on a page cannot be told apart.
  function nameScrollBoxes() {
    var used = {};
    each("[data-simplebar]", function (box) {
      var group = box.closest("[id$='-group']");
      var title = group && group.querySelector("h2, h3");
      var name = words.table;
      if (box.closest("#nav-sidebar")) { name = words.menu; }
      if (box.closest("#changelist-filter")) { name = words.filters; }
      if (title && plainText(title)) { name = upperFirst(plainText(title)); }
      used[name] = (used[name] || 0) + 1;
      box.setAttribute("data-simplebar-aria-label", used[name] > 1 ? name + " " + used[name] : name);
    });
  }

  // A field in a table is named by the heading of its column.
  function nameTableFields() {
    each("td[data-label] :is(input:not([type=hidden]), select, textarea)", function (field) {
      if (field.labels && field.labels.length || field.hasAttribute("aria-label")) { return; }
      field.setAttribute("aria-label", field.closest("td").getAttribute("data-label"));
    });
    each("thead th", function (head) {
      if (head.textContent.trim() || head.querySelector("input")) { return; }
      var name = document.createElement("span");
      name.className = "desk-unseen";
      name.textContent = words.remove;
      head.appendChild(name);
    });
  }

  function nameOf(control) {
    var icon = control.matches(ICON) ? control : control.querySelector(ICON);
    var drawn = icon ? icon.textContent.trim() : "";
    return { dock_to_right: words.menu, close: words.close, more_vert: words.more, shield_person: words.home }[drawn];
  }

  // Spans that listen to the mouse only become buttons for keys and screen readers as well.
  function makeButtons() {
    each("[x-on\\:click]:not(a[href], button, input, select, label, #changelist-filter-close)", function (control) {
      control.setAttribute("role", "button");
      control.setAttribute("tabindex", "0");
      var name = nameOf(control);
      if (name && (control.matches(ICON) || !plainText(control))) { control.setAttribute("aria-label", name); }
      control.addEventListener("keydown", function (event) {
        if (event.target !== control || event.key !== "Enter" && event.key !== " ") { return; }
        event.preventDefault();
        control.click();
      });
    });
  }

  // The whole cell of a tick is its target.
  function widenTicks() {
    each("td:has(input[type=checkbox])", function (cell) {
      cell.addEventListener("click", function (event) {
        if (!event.target.closest("input, label, a, button, [role=button]")) {
          cell.querySelector("input[type=checkbox]").click();
        }
      });
    });
  }

  function hideDrawings() {
    each("a:has(" + ICON + "):not([title], [aria-label])", function (link) {
      if (!plainText(link)) { link.setAttribute("aria-label", nameOf(link) || words.more); }
    });
    each(ICON + ":not([role])", function (icon) {
      var parent = icon.parentElement;
      icon.setAttribute("aria-hidden", "true");
      if (parent.matches("div[title]") && !plainText(parent)) {
        parent.setAttribute("role", "img");
        parent.setAttribute("aria-label", parent.title);
      }
    });
  }

  // The filter panel's headings follow the page's own first heading; what stands above the list as well is told apart.
  function tellFiltersApart() {
    each("#changelist-filter h3", function (heading) { heading.setAttribute("aria-level", "2"); });
    each("#changelist-filter nav[aria-label]", function (choices) {
      choices.setAttribute("aria-label", words.filters + ": " + choices.getAttribute("aria-label"));
    });
  }

  // Search boxes that replace a long list carry the name of the list.
  function nameSearchBoxes() {
    each(".select2-selection:not([aria-label])", function (box) {
      var list = box.closest(".select2-container").previousElementSibling;
      var label = list && list.labels && list.labels[0];
      if (!label) { return; }
      var name = label.textContent.replace("*", "").trim();
      box.setAttribute("aria-label", name);
      box.removeAttribute("aria-labelledby");
      box.querySelectorAll("[role=textbox]").forEach(function (shown) {
        shown.removeAttribute("role");
        shown.removeAttribute("aria-readonly");
      });
    });
    each(".select2-search__field:not([aria-label])", function (box) { box.setAttribute("aria-label", words.search); });
    each(".select2-results__options:not([aria-label])", function (list) { list.setAttribute("aria-label", words.results); });
  }

  document.addEventListener("DOMContentLoaded", function () {
    var source = document.querySelector("[data-desk-menu]");
    if (!source) { return; }
    ["menu", "filters", "table", "remove", "close", "more", "search", "results", "home"].forEach(function (word) {
      words[word] = source.getAttribute("data-desk-" + word);
    });
    capitaliseLabels();
    nameScrollBoxes();
    nameTableFields();
    tellFiltersApart();
    makeButtons();
    widenTicks();
    hideDrawings();
    nameSearchBoxes();
    // These boxes are built, and built again when one opens, after the page is ready.
    new MutationObserver(nameSearchBoxes).observe(document.body, { childList: true, subtree: true });
  });
}());
