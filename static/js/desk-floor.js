// The desk: who comes, who is next, what is pressed. Every press is an operation with a uid of its own; it is put
// into the encrypted queue first and sent then, so it is done once however the network behaves. Without the network
// the same page goes on from its copy. Without this script the page works by forms. Over 400 lines because all of it
// shares the one state of the page; the encrypted copy, the queue and the camera are files of their own.
(function () {
  "use strict";

  const live = document.querySelector("[data-live]");
  const store = window.deskStore, queue = window.deskQueue;
  if (!live || !store || !store.works || !queue) { return; }

  const base = window.location.pathname;
  const session = (base.match(/([0-9a-f-]{36})\/(?:tim\/)?$/) || [])[1];
  if (!session) { return; }
  const root = base.replace(/tim\/$/, "");
  const desks = root.slice(0, root.indexOf(session));
  const words = document.querySelector("[data-words]").dataset;
  const net = document.querySelector("[data-net]");
  const POLL = 5000, PATIENCE = 8000, PEOPLE_EVERY = 600000;

  let kept = null, state = null, people = [], pending = [], sending = false, offline = false, lost = false;
  let lastAttempt = 0, peopleAt = 0, found = null, foundShown, chosenKind = "", said = null, timer = null, again = false;

  const uid = () => window.crypto.randomUUID ? window.crypto.randomUUID()
    : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
      (c ^ window.crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));
  const fill = (text, n, m) => text.replace("{n}", n).replace("{m}", m);
  const fold = (text) => text.toLowerCase().replace(/đ/g, "d").normalize("NFD").replace(/[\u0300-\u036f]/g, "").trim();
  const view = () => queue.apply(state, people, pending);

  // ---- the network

  function ask(address, options) {
    const stop = new AbortController();
    const late = window.setTimeout(() => stop.abort(), PATIENCE);
    // Whose desk the copy is: after a new log-in the server would otherwise open another one.
    const headers = { ...(state ? { "X-Desk-Station": state.station.uid } : {}), ...((options || {}).headers || {}) };
    return window.fetch(address, { credentials: "same-origin", cache: "no-store", signal: stop.signal, ...options, headers: headers })
      .then((answer) => {
        const isJson = (answer.headers.get("Content-Type") || "").startsWith("application/json");
        if (answer.redirected || (answer.status === 403 && !isJson)) { throw new Error("log-in"); }
        if (!isJson || (answer.status >= 500)) { throw new Error("network"); }
        return answer.json().then((body) => ({ ok: answer.ok, body: body }));
      }).finally(() => window.clearTimeout(late));
  }

  function wentWrong(error) {
    lost = error.message === "log-in";
    offline = !lost;
  }

  async function took(fresh) {
    state = fresh;
    offline = lost = false;
    await kept.write("state", state);
  }

  async function send() {
    if (sending || !pending.length || !state) { again = pending.length > 0; return; }
    sending = true;
    const batch = pending.slice(0, 200);
    batch.forEach((operation) => { operation.tried = true; });
    lastAttempt = Date.now();
    try {
      const body = batch.map((one) => ({ ...one, ago: Math.max(0, Math.round((Date.now() - one.at) / 1000)) }));
      const answer = await ask(root + "dong-bo.json", { method: "POST", body: JSON.stringify({ operations: body }),
        headers: { "Content-Type": "application/json", "X-CSRFToken": state.csrf } });
      if (answer.ok) {
        const wasOffline = offline;
        await kept.remove(batch.map((one) => one.place));
        pending = pending.filter((one) => batch.indexOf(one) < 0);
        await took(answer.body.state);
        tellAnswers(answer.body.answers, batch);
        if (wasOffline) { peopleAt = 0; }
      } else {
        say(answer.body.message, true);
        await kept.remove(batch.map((one) => one.place));
        pending = pending.filter((one) => batch.indexOf(one) < 0);
      }
    } catch (error) {
      wentWrong(error);
      if (offline) { await goOnAlone(); }
    }
    sending = false;
    render();
    if (!offline && !lost && pending.length) { send(); }
  }

  async function refresh() {
    lastAttempt = Date.now();
    try {
      const answer = await ask(root + "tinh-hinh.json");
      if (answer.ok) { await took(answer.body); }
      if (!peopleAt || Date.now() - peopleAt > PEOPLE_EVERY) { await fetchPeople(); }
    } catch (error) { wentWrong(error); }
  }

  async function fetchPeople() {
    const answer = await ask(root + "danh-sach.json");
    people = answer.body.people;
    peopleAt = Date.now();
    await kept.write("people", people);
  }

  // While the network is down only a page that says nothing is asked: a half-heard sign of life would let others
  // call the people whom this desk is calling.
  function isBack() {
    const stop = new AbortController();
    const late = window.setTimeout(() => stop.abort(), PATIENCE);
    return window.fetch("/healthz", { cache: "no-store", signal: stop.signal })
      .then((answer) => answer.ok, () => false).finally(() => window.clearTimeout(late));
  }

  async function beat() {
    window.clearTimeout(timer);
    if (!sending) {
      const mayAsk = !offline || await isBack();
      if (mayAsk && pending.length) { await send(); }
      if (mayAsk && !pending.length) { await refresh(); }
      render();
    }
    timer = window.setTimeout(beat, POLL);
  }

  // ---- presses

  async function press(kind, more) {
    const operation = { uid: uid(), kind: kind, at: Date.now(), ...more };
    said = null;
    if (offline && kind === "next") { await nextAlone(operation.turn); return; }
    if (offline && kind === "walk_in" && !operation.number) { await numberIt(operation); }
    operation.place = await kept.add(operation);
    pending.push(operation);
    if (offline && kind === "check_in") { sayCame(operation); }
    render();
    if (!offline) { await send(); }
  }

  function sayCame(operation) {
    const person = people.find((one) => one.booking === operation.booking);
    if (person) { say(fill(words.checkedIn, person.number)); }
  }

  async function numberIt(operation) {
    operation.number = await kept.nextNumber(state.station.last_walk_in);
    operation.turn = operation.turn || uid();
    say(fill(words.given, state.station.prefix + "-" + String(operation.number).padStart(3, "0")));
  }

  // The answer to "next" or to a number never came. The number is given here: should the server have given one, it
  // is the same. "Next" is taken back and done from the copy.
  async function goOnAlone() {
    for (const operation of pending.filter((one) => one.kind === "walk_in" && !one.number)) {
      await numberIt(operation);
      await kept.replace(operation);
    }
    for (const operation of pending.filter((one) => one.kind === "next")) {
      await kept.remove([operation.place]);
      pending.splice(pending.indexOf(operation), 1);
      await queueUp("cancel_next", { about: operation.uid });
      await nextAlone(operation.turn);
    }
  }

  async function queueUp(kind, more) {
    const operation = { uid: uid(), kind: kind, at: Date.now(), ...more };
    operation.place = await kept.add(operation);
    pending.push(operation);
  }

  async function nextAlone(finished) {
    if (finished) { await queueUp("finish", { turn: finished }); }
    const next = queue.nextAlone(view(), Date.now() - lastAttempt);
    if (next.turn) { await queueUp("call", { turn: next.turn.uid }); said = null; }
    else { say(next.held ? words.held : words.nobodyWaits, true); }
    render();
  }

  function tellAnswers(answers, batch) {
    answers.forEach((answer, n) => {
      const kind = batch[n].kind;
      if (answer.outcome === "refused" && answer.message) { say((answer.label ? answer.label + ": " : "") + answer.message, true); }
      else if (kind === "check_in") { say(fill(answer.outcome === "merged" ? words.hereAlready : words.checkedIn, answer.label)); }
      else if (kind === "walk_in" && !batch[n].number) { say(fill(words.given, answer.label)); }
    });
  }

  function say(text, isError) { said = { text: text, isError: Boolean(isError) }; }

  // ---- finding somebody

  // The list of people is older than the hall: what a turn says counts more.
  function isHere(hall, person) {
    const turns = hall.turns.filter((turn) => turn.booking === person.booking);
    return turns.length ? turns.some((turn) => turn.status !== "left") : person.status !== "booked";
  }

  function codeIn(text) {
    const scanned = (text.match(/\/phieu\/([^/?\s]+)/) || [])[1] || text;
    return scanned.replace(/[\s-]/g, "").toUpperCase();
  }

  function familyOf(text) {
    const holder = people.find((person) => person.code === codeIn(text));
    return holder ? people.filter((person) => person.party === holder.party) : [];
  }

  async function look(text) {
    found = null;
    said = null;
    const family = familyOf(text);
    if (family.length === 1 && !isHere(view(), family[0])) {
      await press("check_in", { booking: family[0].booking, turn: uid(), priority: choice() });
      return;
    }
    const wordsTyped = fold(text).split(/\s+/);
    let hits = family;
    if (!hits.length && /^\d{1,5}$/.test(text)) { hits = people.filter((person) => person.number === Number(text)); }
    else if (!hits.length) {
      hits = people.filter((person) => wordsTyped.every((word) => person.folded.split(/[^a-z0-9']+/).indexOf(word) >= 0));
    }
    if (!hits.length && !offline) { hits = await askServer(text); }
    found = hits;
    render();
    const first = live.querySelector("[data-found] input, [data-found] button");
    if (first) { first.focus(); }
  }

  async function askServer(text) {
    const body = new URLSearchParams({ text: text });
    try {
      const answer = await ask(root + "tim/", { method: "POST", body: body, headers: { Accept: "application/json", "X-CSRFToken": state.csrf } });
      if (answer.body.bookings.some((booking) => !people.some((person) => person.booking === booking))) { await fetchPeople(); }
      return people.filter((person) => answer.body.bookings.indexOf(person.booking) >= 0);
    } catch (error) { wentWrong(error); return []; }
  }

  // ---- what is shown

  function el(name, options, children) {
    const node = document.createElement(name);
    Object.entries(options || {}).forEach(([key, value]) => {
      if (key === "text") { node.textContent = value; }
      else if (key === "onclick" || key === "onsubmit") { node.addEventListener(key.slice(2), value); }
      else if (value !== null && value !== false) { node.setAttribute(key, value === true ? "" : value); }
    });
    (children || []).forEach((child) => { if (child) { node.appendChild(child); } });
    return node;
  }

  function button(text, tone, work, extra) {
    return el("button", { type: "button", class: "btn btn-" + tone, text: text, onclick: work, ...extra });
  }

  const nameOf = (turn) => (people.find((person) => person.booking === turn.booking) || { name: "" }).name;
  const badge = (turn) => turn.priority ? el("span", { class: "floor-priority", text: words.priority }) : null;

  const input = el("input", { id: "live-tim", class: "form-control", autocomplete: "off", autocapitalize: "off", spellcheck: "false" });
  const label = el("label", { for: "live-tim" });
  const camera = el("div", { class: "floor-camera" });
  const kinds = el("div", { class: "floor-kinds", role: "group", "aria-label": words.priority });
  const form = el("form", { class: "floor-search", role: "search", novalidate: true, onsubmit: (event) => {
    event.preventDefault();
    const text = input.value.trim();
    input.value = "";
    if (text) { look(text); }
  } }, [label, input, el("button", { type: "submit", class: "btn btn-primary", text: words.search }), camera]);
  const walkIn = el("div", { class: "floor-walk-in" }, [
    button(words.walkIn, "secondary", () => press("walk_in", { turn: uid(), priority: choice() }))]);
  const box = { said: el("div"), silent: el("div"), counter: el("section", { class: "floor-counter" }), found: el("div", { "data-found": true }),
    lists: el("div") };

  // One tap on a kind, and whoever is checked in, numbered or marked next goes first.
  function choose(kind) {
    chosenKind = chosenKind === kind ? "" : kind;
    Array.from(kinds.children).forEach((chip) => chip.setAttribute("aria-pressed", String(chip.value === chosenKind)));
    render();
  }

  function choice() {
    const kind = chosenKind;
    if (kind) { choose(kind); }
    return kind;
  }

  function build() {
    words.kinds.split("|").forEach((pair) => {
      const [value, text] = pair.split("=");
      kinds.appendChild(button(text, "secondary", () => choose(value), { value: value, "aria-pressed": "false" }));
    });
    live.append(box.said, box.silent, el("div", { class: "floor-columns" }, [box.counter,
      el("section", { class: "floor-people" }, [form, kinds, box.found, walkIn, box.lists])]));
    if (window.deskCamera) { window.deskCamera(camera, words, look); }
  }

  function counterPanel(hall) {
    const mine = hall.station.counter;
    const current = hall.turns.find((turn) => turn.status === "called" && turn.counter === mine && mine !== null);
    const parts = [el("h2", { text: mine === null ? words.noCounter : fill(words.counter, mine) })];
    const waits = sending && pending.some((one) => one.kind === "next");
    if (current) {
      const act = (kind, more) => () => press(kind, { turn: current.uid, ...more });
      parts.push(el("p", { class: "floor-number", "data-current": true, text: current.label }),
        el("p", { class: "floor-name", text: nameOf(current) }, [badge(current)]),
        el("div", { class: "floor-buttons" }, [
          button(words.finishNext, "primary", act("next"), { disabled: waits }), button(words.finish, "secondary", act("finish")),
          button(words.recall, "secondary", act("recall")), button(words.park, "secondary", act("park")),
          button(words.miss, "secondary", act("miss")),
          ...hall.counters.filter((one) => one.number !== mine).map((one) =>
            button(fill(words.redirect, one.number), "secondary", act("redirect", { counter: one.number }))),
        ]));
    } else if (mine !== null) {
      parts.push(el("p", { class: "floor-number floor-nobody", "data-current": true, text: "–" }),
        button(words.next, "primary", () => press("next", {}), { disabled: waits }));
    }
    parts.push(counterChoice(hall, mine));
    box.counter.replaceChildren(...parts);
  }

  function counterChoice(hall, mine) {
    const select = el("select", { class: "form-select", id: "live-quay" }, [el("option", { value: "", text: "–" }),
      ...hall.counters.map((one) => el("option", { value: one.number, selected: one.number === mine,
        text: one.number + (one.name ? " – " + one.name : "") + (one.taken ? " (" + words.taken + ")" : "") }))]);
    select.addEventListener("change", () => {
      const wanted = hall.counters.find((one) => String(one.number) === select.value);
      if (wanted && wanted.taken && !window.confirm(words.takeOver)) { render(); return; }
      press("counter", { number: wanted ? wanted.number : null, take_over: Boolean(wanted && wanted.taken) });
    });
    return el("div", { class: "floor-choice" }, [el("label", { for: "live-quay", text: words.myCounter }), select]);
  }

  function foundPanel(hall) {
    if (found === foundShown) { return; }  // ticks stay while the hall changes around them
    foundShown = found;
    if (found === null) { box.found.replaceChildren(); return; }
    if (!found.length) { box.found.replaceChildren(el("p", { class: "floor-none", role: "status", text: words.nobody })); return; }
    const rows = found.map((person) => {
      const tick = el("input", { type: "checkbox", class: "form-check-input", id: "c" + person.number, value: person.booking, checked: found.length === 1 });
      const text = person.number + " " + person.name + " – " + person.time;
      return el("div", { class: "form-check" }, [isHere(hall, person) ? null : tick,
        el("label", { class: "form-check-label", for: "c" + person.number, text: text + (isHere(hall, person) ? " (" + words.came + ")" : "") })]);
    });
    const came = async (event) => {
      event.preventDefault();
      const chosen = Array.from(box.found.querySelectorAll("input:checked")).map((tick) => tick.value);
      const priority = choice();
      found = chosen.length ? null : found;
      for (const booking of chosen) { await press("check_in", { booking: booking, turn: uid(), priority: priority }); }
      input.focus();
    };
    box.found.replaceChildren(el("form", { class: "floor-found", novalidate: true, onsubmit: came }, [
      el("fieldset", {}, [el("legend", { text: words.choose }), ...rows]),
      el("button", { type: "submit", class: "btn btn-primary", text: words.came })]));
  }

  function turnRow(hall, turn, extra) {
    const busy = hall.turns.some((one) => one.status === "called" && one.counter === hall.station.counter);
    const mayCall = hall.station.counter !== null && !busy && (!offline || queue.nextAlone({ ...hall, turns: [turn] }, Date.now() - lastAttempt).turn || turn.status !== "waiting" && turn.counter === hall.station.counter);
    const act = (kind) => () => press(kind, { turn: turn.uid });
    const mark = (kind) => () => { choice(); press("priority", { turn: turn.uid, priority: kind }); };
    return el("li", {}, [el("b", { text: turn.label }), el("span", { text: nameOf(turn) }),
      turn.priority ? button(words.priority + " ✕", "link", mark(""), { "aria-label": words.noPriority + ": " + turn.label }) : null,
      chosenKind && !turn.priority ? button(words.priority, "secondary", mark(chosenKind)) : null,
      turn.redirected ? el("span", { text: "→ " + turn.redirected }) : null, extra ? el("span", { text: extra }) : null,
      mayCall ? button(words.call, "secondary", act("call")) : null,
      turn.booking && turn.status === "waiting" ? button(words.undo, "link", act("undo")) : button(words.leave, "link", act("leave"))]);
  }

  function lists(hall) {
    const waiting = hall.turns.filter((turn) => turn.status === "waiting");
    const aside = hall.turns.filter((turn) => turn.status === "parked" || turn.status === "absent");
    const expected = people.filter((person) => !isHere(hall, person));
    const heading = (text, count) => el("h3", { text: text + ": " + count });
    box.lists.replaceChildren(
      heading(words.waiting, waiting.length), el("ol", { class: "floor-turns", "data-list": "waiting" }, waiting.map((turn) => turnRow(hall, turn))),
      ...(aside.length ? [heading(words.aside, aside.length), el("ul", { class: "floor-turns" }, aside.map((turn) => turnRow(hall, turn, words[turn.status])))] : []),
      heading(words.expected, expected.length), el("ul", { class: "floor-turns", "data-list": "expected" }, expected.map((person) => el("li", {}, [
        el("b", { text: person.number }), el("span", { text: person.time + " " + person.name }),
        button(words.came, "secondary", () => press("check_in", { booking: person.booking, turn: uid(), priority: choice() }))]))));
  }

  function networkLine() {
    const text = lost ? words.logIn : offline ? fill(words.offline, pending.length) : sending && pending.length > 1 ? fill(words.sending, pending.length) : "";
    net.hidden = !text;
    if (net.textContent !== text) { net.textContent = text; }
    net.dataset.state = lost || offline ? "offline" : "online";
    if (lost) { net.appendChild(el("a", { href: desks.replace(/ban\/$/, "login/?next=") + root, text: " →" })); }
  }

  function render() {
    networkLine();
    live.dataset.owing = pending.length;  // presses that the server has not answered
    if (!state) { return; }
    const hall = view();
    label.textContent = offline ? words.findOffline : words.find;
    box.said.replaceChildren(...(said ? [el("p", { class: "floor-said", role: "status", "data-tone": said.isError ? "error" : "ok", text: said.text })] : []));
    box.silent.replaceChildren(...hall.silent.map((one) => el("div", { class: "floor-silent" }, [
      el("p", { text: fill(words.silent, "B" + one.number, one.waiting) }),
      button(words.release, "secondary", () => press("release", { number: one.number }))])));
    counterPanel(hall);
    foundPanel(hall);
    lists(hall);
  }

  async function start() {
    kept = await store.open(session);
    state = await kept.read("state");
    people = (await kept.read("people")) || [];
    pending = (await kept.operations()).map((operation) => ({ ...operation, tried: true }));
    lastAttempt = Date.now();
    await refresh();
    if (!state) { net.hidden = false; net.textContent = words.noCopy; return; }
    if (state.closed && !pending.length) { await kept.wipe(); return; }
    build();
    document.querySelector("[data-plain]").hidden = true;
    live.hidden = false;
    if (offline) { await goOnAlone(); }
    render();
    live.dataset.ready = "yes";
    window.addEventListener("online", beat);
    if (navigator.serviceWorker) { navigator.serviceWorker.register(desks + "sw.js", { scope: desks }).catch(() => {}); }
    beat();
  }

  start().catch((error) => { console.error(error); });
}());
