// Proof of work before a one-time code (docs/adr/0003-one-time-codes.md). This one file is loaded by the
// page and, as its own worker, by new Worker(<its address>): the content policy allows neither blobs nor
// inline code. SHA-256 is written out because crypto.subtle is missing on http and far slower per hash.
// Written in old JavaScript: in-app browsers of cheap phones are years behind.
(function () {
  "use strict";

  var K = [], START = [];

  // The constants are the first 32 bits of the fractions of roots of the first primes (FIPS 180-4).
  function fraction(x) { return ((x - Math.floor(x)) * 4294967296) | 0; }

  (function fillConstants() {
    var candidate = 2;
    while (K.length < 64) {
      var prime = true;
      for (var d = 2; d * d <= candidate; d += 1) { if (candidate % d === 0) { prime = false; break; } }
      if (prime) {
        if (START.length < 8) { START.push(fraction(Math.pow(candidate, 1 / 2))); }
        K.push(fraction(Math.pow(candidate, 1 / 3)));
      }
      candidate += 1;
    }
  }());

  var W = new Int32Array(64);

  // First two words of SHA-256 of an ASCII text of at most 55 characters (one block).
  function firstWords(text) {
    var i, t1, t2, s0, s1;
    for (i = 0; i < 16; i += 1) { W[i] = 0; }
    for (i = 0; i < text.length; i += 1) { W[i >> 2] |= text.charCodeAt(i) << (24 - 8 * (i & 3)); }
    W[text.length >> 2] |= 0x80 << (24 - 8 * (text.length & 3));
    W[15] = text.length * 8;
    for (i = 16; i < 64; i += 1) {
      s0 = W[i - 15]; s1 = W[i - 2];
      s0 = ((s0 >>> 7) | (s0 << 25)) ^ ((s0 >>> 18) | (s0 << 14)) ^ (s0 >>> 3);
      s1 = ((s1 >>> 17) | (s1 << 15)) ^ ((s1 >>> 19) | (s1 << 13)) ^ (s1 >>> 10);
      W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
    }
    var a = START[0], b = START[1], c = START[2], d = START[3];
    var e = START[4], f = START[5], g = START[6], h = START[7];
    for (i = 0; i < 64; i += 1) {
      s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    return [(a + START[0]) | 0, (b + START[1]) | 0];
  }

  function zeroBits(text) {
    var words = firstWords(text);
    return words[0] === 0 ? 32 + Math.clz32(words[1]) : Math.clz32(words[0]);
  }

  // Tries the numbers from `from` on, at most `count`; the answer, or -1.
  function search(seed, bits, from, count) {
    for (var answer = from; answer < from + count; answer += 1) {
      if (zeroBits(seed + ":" + answer) >= bits) { return answer; }
    }
    return -1;
  }

  // Slices keep the page alive where there is no worker. `tell(tried)` is called between them.
  function searchInSlices(seed, bits, slice, tell, done) {
    var from = 0;
    function step() {
      var answer = search(seed, bits, from, slice);
      if (answer >= 0) { done(answer); return; }
      from += slice;
      tell(from);
      setTimeout(step, 0);
    }
    step();
  }

  if (typeof document === "undefined") {
    if (typeof module === "object") { module.exports = { zeroBits: zeroBits, search: search }; return; }
    self.onmessage = function (event) {
      searchInSlices(event.data.seed, event.data.bits, 5000,
        function (tried) { self.postMessage({ tried: tried }); },
        function (answer) { self.postMessage({ answer: answer }); });
    };
    return;
  }

  var address = document.currentScript ? document.currentScript.src : "";

  function showProgress(box, tried) {
    var expected = Math.pow(2, Number(box.getAttribute("data-proof-bits")));
    box.querySelector("progress").value = Math.round(100 * (1 - Math.exp(-tried / expected)));
  }

  function send(form) {
    var button = form.querySelector("button[type=submit]");
    if (button) { button.disabled = true; }
    form.submit();
  }

  function finish(box, answer) {
    var form = box.closest("form");
    var news = box.querySelector("[role=status]");
    form.querySelector("[name=proof_answer]").value = String(answer);
    box.querySelector("progress").value = 100;
    news.textContent = news.getAttribute("data-proof-done");
    send(form);
  }

  function solveHere(box) {
    searchInSlices(box.getAttribute("data-proof-seed"), Number(box.getAttribute("data-proof-bits")), 1000,
      function (tried) { showProgress(box, tried); },
      function (answer) { finish(box, answer); });
  }

  // A worker that does not start (old in-app browsers) must not leave the citizen waiting.
  function solveInWorker(box) {
    var worker = new Worker(address);
    var left = false;
    worker.onerror = function () { if (!left) { left = true; worker.terminate(); solveHere(box); } };
    worker.onmessage = function (event) {
      if (left) { return; }
      if (event.data.answer === undefined) { showProgress(box, event.data.tried); return; }
      left = true;
      worker.terminate();
      finish(box, event.data.answer);
    };
    worker.postMessage({
      seed: box.getAttribute("data-proof-seed"), bits: Number(box.getAttribute("data-proof-bits"))
    });
  }

  function start(box) {
    var waits = box.closest("form").querySelector("[name=proof_wait]");
    box.hidden = false;
    try {
      if (zeroBits("abc") !== 0 || firstWords("abc")[0] !== (0xba7816bf | 0)) { throw new Error("wrong hash"); }
      if (address && typeof Worker === "function") { solveInWorker(box); } else { solveHere(box); }
    } catch (error) {
      var news = box.querySelector("[role=status]");
      news.textContent = news.getAttribute("data-proof-failed");
      if (waits) { waits.focus(); }
    }
  }

  var box = document.querySelector("[data-proof-seed]");
  if (box) { start(box); }
  var turn = document.querySelector("form[data-proof-send]");
  if (turn) { send(turn); }
}());
