// The rules of a desk without the network, apart from the page: what the hall looks like after presses that the
// server has not heard of, and whom this desk may call meanwhile. The same rules as appointments/desk_rules.py.
(function () {
  "use strict";

  const STATUS = { call: "called", recall: "called", park: "parked", miss: "absent", put_back: "waiting",
    redirect: "waiting", finish: "done", leave: "left", undo: "left" };
  // The server gives a silent desk's people to nobody from 25 seconds after its last word; only later than that,
  // whatever was on its way, may the desk call those of whom the server knows.
  const KEPT_AFTER = 35000;

  function place(a, b) { return a.due - b.due || Number(a.late) - Number(b.late) || a.order - b.order; }

  function minuteOf(at) {  // Vietnam has no summer time
    const local = new Date(at + 7 * 3600 * 1000);
    return local.getUTCHours() * 60 + local.getUTCMinutes();
  }

  function newTurn(operation, label, order, extra) {
    return { uid: operation.turn, label: label, status: "waiting", priority: Boolean(operation.priority), order: order,
      late: false, counter: null, redirected: null, booking: null, mine: true, unsent: !operation.tried, ...extra };
  }

  function comes(hall, people, operation) {
    const person = people.find((one) => one.booking === operation.booking);
    if (!person || hall.turns.some((turn) => turn.booking === person.booking && turn.status !== "left")) { return; }
    const arrived = minuteOf(operation.at), late = arrived >= person.ends;
    hall.turns.push(newTurn(operation, String(person.number), person.number,
      { booking: person.booking, due: late ? arrived : person.starts, late: late }));
  }

  function serve(hall, operation) {
    const turn = hall.turns.find((one) => one.uid === operation.turn);
    if (!turn) { return; }
    turn.status = STATUS[operation.kind];
    if (operation.kind === "call") {
      turn.counter = hall.station.counter;
      turn.redirected = null;
      hall.recent.unshift(turn.priority);
    }
    if (operation.kind === "redirect") { turn.redirected = operation.counter; turn.counter = null; }
  }

  const DO = {
    check_in: comes,
    walk_in: (hall, people, operation) => {
      if (!operation.number) { return; }  // the server is giving it this moment
      const label = hall.station.prefix + "-" + String(operation.number).padStart(3, "0");
      hall.turns.push(newTurn(operation, label, 1000 * hall.station.number + operation.number,
        { due: minuteOf(operation.at) }));
    },
    counter: (hall, people, operation) => { hall.station.counter = operation.number; },
    priority: (hall, people, operation) => {
      hall.turns.filter((turn) => turn.uid === operation.turn).forEach((turn) => { turn.priority = Boolean(operation.priority); });
    },
  };

  // The hall as the server told it, with the presses it has not answered.
  function apply(state, people, operations) {
    const hall = JSON.parse(JSON.stringify(state));
    operations.forEach((operation) => {
      if (DO[operation.kind]) { DO[operation.kind](hall, people, operation); }
      if (STATUS[operation.kind]) { serve(hall, operation); }
      if (operation.kind === "next" && operation.turn) { serve(hall, { kind: "finish", turn: operation.turn }); }
    });
    hall.turns.sort(place);
    return hall;
  }

  function nextOf(line, recent, every) {
    const preferred = line.filter((turn) => turn.priority), normal = line.filter((turn) => !turn.priority);
    const since = recent.indexOf(true) < 0 ? recent.length : recent.indexOf(true);
    if (preferred.length && (!normal.length || since >= every)) { return preferred[0]; }
    return normal[0] || null;
  }

  // Whom this desk may call by itself: nobody else can be calling these.
  function callable(hall, silentFor) {
    const alone = silentFor > KEPT_AFTER, mine = hall.station.counter;
    return hall.turns.filter((turn) => turn.status === "waiting").filter((turn) => (
      turn.redirected === null ? turn.mine && (turn.unsent || alone) : turn.redirected === mine && alone));
  }

  // {turn, held}: the next person or null; `held` says that people wait whom it may call in a few seconds.
  function nextAlone(hall, silentFor) {
    const line = callable(hall, silentFor);
    const forMe = line.filter((turn) => turn.redirected !== null);
    const turn = nextOf(forMe.length ? forMe : line, hall.recent, hall.every);
    return { turn: turn, held: !turn && callable(hall, Infinity).length > 0 };
  }

  window.deskQueue = { apply: apply, nextAlone: nextAlone };
}());
