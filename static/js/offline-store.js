// What a desk keeps on its own disk to go on without the network: the hall, who comes today, and the presses of
// buttons that still have to be sent. Everything is sealed with AES-GCM under a key that can be used here but not
// read out; key and contents are wiped when the day is over and all has been sent. Nothing here knows the page.
(function () {
  "use strict";

  const NAME = "desk-floor";
  const STORES = ["keys", "boxes", "operations"];

  function asPromise(request) {
    return new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }

  function openDatabase() {
    const request = window.indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("keys");
      request.result.createObjectStore("boxes");
      request.result.createObjectStore("operations", { keyPath: "place", autoIncrement: true });
    };
    return asPromise(request);
  }

  function today() { return new Date().toISOString().slice(0, 10); }

  // The key of one session's day; made once, never extractable.
  async function keyOf(database, session) {
    const known = await asPromise(database.transaction("keys").objectStore("keys").get(session));
    if (known) { return known.key; }
    const key = await window.crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    const store = database.transaction("keys", "readwrite").objectStore("keys");
    const first = await asPromise(store.get(session));  // another tab may have been faster
    if (first) { return first.key; }
    await asPromise(store.put({ key: key, day: today() }, session));
    return key;
  }

  async function seal(key, value, about) {
    const iv = window.crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(value));
    const settings = { name: "AES-GCM", iv: iv, additionalData: new TextEncoder().encode(about) };
    return { iv: iv, data: await window.crypto.subtle.encrypt(settings, key, plain) };
  }

  async function unseal(key, box, about) {
    const settings = { name: "AES-GCM", iv: box.iv, additionalData: new TextEncoder().encode(about) };
    const plain = await window.crypto.subtle.decrypt(settings, key, box.data);
    return JSON.parse(new TextDecoder().decode(plain));
  }

  async function wipe(database, session) {
    const waiting = await asPromise(database.transaction("operations").objectStore("operations").getAll());
    const change = database.transaction(STORES, "readwrite");
    waiting.filter((row) => row.session === session).forEach((row) => change.objectStore("operations").delete(row.place));
    change.objectStore("keys").delete(session);
    change.objectStore("boxes").delete(window.IDBKeyRange.bound(session, session + "\uffff"));
    await new Promise((resolve, reject) => { change.oncomplete = resolve; change.onerror = () => reject(change.error); });
  }

  // Days that are over and owe nothing any more.
  async function wipeOld(database) {
    const reading = database.transaction(["keys", "operations"]);
    const [sessions, keys, operations] = await Promise.all([
      asPromise(reading.objectStore("keys").getAllKeys()),
      asPromise(reading.objectStore("keys").getAll()),
      asPromise(reading.objectStore("operations").getAll()),
    ]);
    const owing = new Set(operations.map((row) => row.session));
    for (let n = 0; n < sessions.length; n += 1) {
      if (keys[n].day !== today() && !owing.has(sessions[n])) { await wipe(database, sessions[n]); }
    }
  }

  async function open(session) {
    const database = await openDatabase();
    await wipeOld(database);
    const key = await keyOf(database, session);
    const about = (name) => session + "/" + name;

    return {
      // The value kept under a name, or null.
      async read(name) {
        const box = await asPromise(database.transaction("boxes").objectStore("boxes").get(about(name)));
        return box ? unseal(key, box, about(name)) : null;
      },
      async write(name, value) {
        const box = await seal(key, value, about(name));
        await asPromise(database.transaction("boxes", "readwrite").objectStore("boxes").put(box, about(name)));
      },
      // Presses in their order, each with its `place` in the queue.
      async operations() {
        const rows = await asPromise(database.transaction("operations").objectStore("operations").getAll());
        const mine = rows.filter((row) => row.session === session);
        return Promise.all(mine.map(async (row) => ({ place: row.place, ...(await unseal(key, row.box, about("operation"))) })));
      },
      async add(operation) {
        const box = await seal(key, operation, about("operation"));
        const store = database.transaction("operations", "readwrite").objectStore("operations");
        return asPromise(store.add({ session: session, box: box }));
      },
      async replace(operation) {
        const box = await seal(key, operation, about("operation"));
        const store = database.transaction("operations", "readwrite").objectStore("operations");
        await asPromise(store.put({ place: operation.place, session: session, box: box }));
      },
      async remove(places) {
        const change = database.transaction("operations", "readwrite");
        places.forEach((place) => change.objectStore("operations").delete(place));
        await new Promise((resolve, reject) => { change.oncomplete = resolve; change.onerror = () => reject(change.error); });
      },
      // The next number of this desk, never twice, also with two tabs open; a bare number, so it is not sealed.
      async nextNumber(atLeast) {
        const store = database.transaction("boxes", "readwrite").objectStore("boxes");
        const last = await asPromise(store.get(about("last-number")));
        const number = Math.max(last || 0, atLeast) + 1;
        await asPromise(store.put(number, about("last-number")));
        return number;
      },
      wipe: () => wipe(database, session),
    };
  }

  window.deskStore = { open: open, works: Boolean(window.indexedDB && window.crypto && window.crypto.subtle) };
}());
