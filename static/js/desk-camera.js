// The phone's camera as a scanner of tickets at the desk: the browser's own detector, or the decoder that also
// reads cards. Pictures never leave this function; only the text of a QR is handed on.
(function () {
  "use strict";

  const EVERY = 200, SIDE = 900, PAUSE = 2500;
  const workerAddress = document.querySelector("[data-worker]");

  async function ownDetector() {
    if (!window.BarcodeDetector) { return null; }
    const formats = await window.BarcodeDetector.getSupportedFormats().catch(() => []);
    return formats.includes("qr_code") ? new window.BarcodeDetector({ formats: ["qr_code"] }) : null;
  }

  function decoder() {
    const worker = new Worker(workerAddress.dataset.worker);
    const open = new Map();
    let last = 0;
    worker.onmessage = (event) => { const done = open.get(event.data.id); open.delete(event.data.id); if (done) { done(event.data.data); } };
    worker.postMessage({ type: "inversionMode", data: "original" });
    return (image) => new Promise((resolve) => {
      last += 1;
      open.set(last, resolve);
      worker.postMessage({ id: last, type: "decode", data: image }, [image.data.buffer]);
    });
  }

  window.deskCamera = function (place, words, onText) {
    if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia || !workerAddress) { return; }
    const video = document.createElement("video"), canvas = document.createElement("canvas");
    const toggle = document.createElement("button"), problem = document.createElement("p");
    let stream = null, detector = null, decode = null, quietUntil = 0, lastText = "";
    video.setAttribute("playsinline", "");
    video.muted = true;
    video.hidden = problem.hidden = true;
    toggle.type = "button";
    toggle.className = "btn btn-secondary";
    toggle.textContent = words.camera;
    place.append(video, problem, toggle);

    async function readOnce() {
      if (detector) { const codes = await detector.detect(video); return codes.length ? codes[0].rawValue : null; }
      decode = decode || decoder();
      const scale = Math.min(1, SIDE / Math.max(video.videoWidth, video.videoHeight));
      canvas.width = Math.round(video.videoWidth * scale);
      canvas.height = Math.round(video.videoHeight * scale);
      const context = canvas.getContext("2d", { willReadFrequently: true });
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      return decode(context.getImageData(0, 0, canvas.width, canvas.height));
    }

    async function look() {
      if (!stream) { return; }
      const text = video.videoWidth ? await readOnce().catch(() => null) : null;
      if (text && (text !== lastText || Date.now() > quietUntil)) {
        lastText = text;
        quietUntil = Date.now() + PAUSE;
        onText(text);
      }
      window.setTimeout(look, EVERY);
    }

    function stop() {
      stream.getTracks().forEach((track) => track.stop());
      stream = null;
      video.hidden = true;
      toggle.textContent = words.camera;
    }

    toggle.addEventListener("click", async () => {
      if (stream) { stop(); return; }
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      } catch (refused) {
        problem.textContent = words.cameraRefused;
        problem.hidden = false;
        return;
      }
      detector = await ownDetector();
      video.srcObject = stream;
      video.hidden = false;
      problem.hidden = true;
      toggle.textContent = words.cameraStop;
      await video.play();
      look();
    });
  };
}());
