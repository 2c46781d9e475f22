// "Quét mã QR trên thẻ": camera, picture or desk scanner fill the declaration. Everything happens in the browser:
// the picture and the raw text stay in this function, only what stands in the boxes is sent when the person sends it.
// The decoder is the browser's own (BarcodeDetector) or a worker that is loaded at the first picture.
(function () {
  "use strict";

  var root = document.querySelector("[data-card-scan]");
  var form = document.querySelector("form[data-declaration]");
  if (!root || !form || !window.readCardText || !window.Promise) { return; }

  var LOOK_EVERY = 200;  // milliseconds between two looks at the camera's picture
  var SIDES = [1600, 900, 2600];  // a whole card, a QR alone, a large photo of a small code
  var opener = root.querySelector("[data-scan-open]");
  var panel = root.querySelector("[data-scan-panel]");
  var video = root.querySelector("[data-scan-video]");
  var status = root.querySelector("[data-scan-status]");
  var file = root.querySelector("[data-scan-file]");
  var typed = root.querySelector("[data-scan-text]");
  var done = root.querySelector("[data-scan-done]");
  var canvas = document.createElement("canvas");
  var stream = null, detector = null, worker = null, waiting = {}, questions = 0;

  function say(key) { status.textContent = key ? status.getAttribute("data-" + key) : ""; }

  // ---- decoding

  function ownDetector() {
    if (!window.BarcodeDetector) { return Promise.resolve(null); }
    return window.BarcodeDetector.getSupportedFormats().then(function (formats) {
      return formats.indexOf("qr_code") < 0 ? null : new window.BarcodeDetector({ formats: ["qr_code"] });
    }, function () { return null; });
  }

  function askWorker(image) {
    if (!worker) {
      worker = new Worker(root.getAttribute("data-worker"));
      worker.onmessage = function (event) {
        var answer = waiting[event.data.id];
        delete waiting[event.data.id];
        if (answer) { answer(event.data.data); }
      };
      worker.postMessage({ type: "inversionMode", data: "original" });
    }
    questions += 1;
    return new Promise(function (resolve) {
      waiting[questions] = resolve;
      worker.postMessage({ id: questions, type: "decode", data: image }, [image.data.buffer]);
    });
  }

  // The text of the QR on what can be drawn (video or bitmap), null when there is none.
  function decode(source, width, height, side) {
    var scale = Math.min(1, side / Math.max(width, height));
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    var context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    if (detector === null) { detector = ownDetector(); }
    return detector.then(function (own) {
      if (!own) { return askWorker(context.getImageData(0, 0, canvas.width, canvas.height)); }
      return own.detect(canvas).then(function (found) { return found.length ? found[0].rawValue : null; });
    });
  }

  // ---- into the form

  function fill(name, value) {
    var box = form.elements[name];
    if (!box || !value) { return; }
    box.value = value;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // True when the text was a card's; it is not kept, shown or logged.
  function take(text) {
    var card = window.readCardText(text);
    if (!card) { return false; }
    ["identity_number", "old_number", "full_name", "birth_date", "gender", "permanent_address", "card_issued_on"]
      .forEach(function (name) { fill(name, card[name]); });
    if (!card.full_name) { form.elements.full_name.value = ""; }
    finish(card);
    return true;
  }

  function finish(card) {
    var fold = form.querySelector("[data-fold=more]");
    var advice = done.querySelector("[data-scan-check]");
    var whole = card.full_name && card.permanent_address;
    if (fold) { fold.open = true; }
    done.querySelector("[data-scan-name]").textContent = card.full_name;
    advice.textContent = advice.getAttribute(whole ? "data-scan-check" : "data-scan-type");
    close();
    done.hidden = false;
    done.focus();
  }

  // ---- camera

  function stopCamera() {
    if (stream) { stream.getTracks().forEach(function (track) { track.stop(); }); }
    stream = null;
    video.hidden = true;
    video.srcObject = null;
  }

  function look(mine) {
    if (stream !== mine) { return; }
    if (!video.videoWidth) { window.setTimeout(look, LOOK_EVERY, mine); return; }
    decode(video, video.videoWidth, video.videoHeight, SIDES[0]).then(function (text) {
      if (stream !== mine) { return; }
      if (text && take(text)) { return; }
      say(text ? "not-card" : "aim");
      window.setTimeout(look, LOOK_EVERY, mine);
    }, function () { window.setTimeout(look, LOOK_EVERY, mine); });
  }

  function startCamera() {
    var wish = { video: { facingMode: "environment", width: { ideal: 1920 } }, audio: false };
    navigator.mediaDevices.getUserMedia(wish).then(function (opened) {
      if (panel.hidden) { opened.getTracks().forEach(function (track) { track.stop(); }); return; }
      stream = opened;
      video.srcObject = opened;
      video.hidden = false;
      say("aim");
      video.play().then(function () { look(opened); }, function () { stopCamera(); say("denied"); });
    }, function () { say("denied"); });
  }

  function hasCamera() { return Boolean(navigator.mediaDevices && navigator.mediaDevices.getUserMedia); }

  // ---- picture and desk scanner

  // Old iPhones lack createImageBitmap; the content policy lets them show a picture as data.
  function openPicture(picture) {
    if (window.createImageBitmap) { return window.createImageBitmap(picture); }
    return new Promise(function (resolve, reject) {
      var reader = new FileReader(), image = new Image();
      image.onload = function () { resolve(image); };
      reader.onload = function () { image.src = reader.result; };
      image.onerror = reader.onerror = reject;
      reader.readAsDataURL(picture);
    });
  }

  function readPicture(picture) {
    say("reading");
    return openPicture(picture).then(function (bitmap) {
      return SIDES.reduce(function (before, side) {
        return before.then(function (text) { return text || decode(bitmap, bitmap.width, bitmap.height, side); });
      }, Promise.resolve(null));
    }).then(function (text) {
      if (!text) { say("not-found"); } else if (!take(text)) { say("not-card"); }
    }, function () { say("not-found"); });
  }

  function readTyped() {
    var text = typed.value;
    if (!text.trim()) { return; }
    typed.value = "";
    if (!take(text)) { say("not-card"); }
  }

  // ---- open and close

  function open() {
    panel.hidden = false;
    done.hidden = true;
    opener.setAttribute("aria-expanded", "true");
    say("");
    if (hasCamera()) { startCamera(); }
  }

  function close() {
    stopCamera();
    panel.hidden = true;
    opener.setAttribute("aria-expanded", "false");
  }

  opener.addEventListener("click", function () { if (panel.hidden) { open(); } else { close(); } });
  root.querySelector("[data-scan-close]").addEventListener("click", function () { close(); opener.focus(); });
  file.addEventListener("change", function () {
    if (file.files.length) { readPicture(file.files[0]).then(function () { file.value = ""; }); }
  });
  // A desk scanner types like a keyboard and ends with Enter; what is pasted comes at once.
  typed.addEventListener("keydown", function (event) {
    if (event.key === "Enter") { event.preventDefault(); readTyped(); }
  });
  typed.addEventListener("paste", function () { window.setTimeout(readTyped, 0); });
  window.addEventListener("pagehide", stopCamera);
  if (!hasCamera()) { opener.textContent = opener.getAttribute("data-without-camera"); }
  root.hidden = false;
}());
