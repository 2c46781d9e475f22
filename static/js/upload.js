// Files over a bad line: photos are made smaller on the device, pieces go one by one, a lost network only
// delays. Without this script the form sends the files whole. Loaded with "defer".
(function () {
  "use strict";

  var LEAST = 64 * 1024, MOST = 1024 * 1024, PATIENCE = 4000, LONGEST_SIDE = 2560, SMALL = 1024 * 1024;

  function pause(milliseconds) {
    return new Promise(function (done) {
      window.setTimeout(done, milliseconds);
      window.addEventListener("online", done, { once: true });
    });
  }

  // The same file gets the same key in this tab: after a reload the server gives the same upload again.
  function keyOf(form, file) {
    var name = "upload:" + [form.dataset.ownerUid, file.name, file.size, file.lastModified].join(":");
    var key = window.sessionStorage.getItem(name);
    if (!key) {
      key = Array.from(crypto.getRandomValues(new Uint8Array(16)), function (byte) {
        return ("0" + byte.toString(16)).slice(-2);
      }).join("");
      window.sessionStorage.setItem(name, key);
    }
    return { name: name, key: key };
  }

  // Only what is large; what the browser cannot draw goes as it is, and the server says what is wrong with it.
  function shrink(file) {
    if (file.type.indexOf("image/") !== 0 || file.size <= SMALL || !window.createImageBitmap) {
      return Promise.resolve(file);
    }
    return createImageBitmap(file, { imageOrientation: "from-image" }).then(function (picture) {
      var part = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
      var canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * part);
      canvas.height = Math.round(picture.height * part);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      return new Promise(function (done) { canvas.toBlob(done, "image/jpeg", 0.85); });
    }).then(function (smaller) { return smaller && smaller.size < file.size ? smaller : file; },
      function () { return file; });
  }

  // Answers of the server end the asking, a silent network does not.
  async function ask(say, address, options) {
    for (var wait = 1000; ; wait = Math.min(wait * 2, 30000)) {
      try {
        var answer = await fetch(address, options);
        if (answer.status < 500 && answer.status !== 429) { return answer; }
      } catch (lost) {
        say("waiting");
      }
      await pause(wait);
    }
  }

  function sentence(problem) {
    return problem.errors && problem.errors.length ? problem.errors[0].message : problem.detail;
  }

  async function begin(form, say, file, content, key) {
    var answer = await ask(say, form.dataset.upload, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": key },
      body: JSON.stringify({
        owner: form.dataset.owner, owner_uid: form.dataset.ownerUid, name: file.name, size: content.size
      })
    });
    var told = await answer.json();
    if (!answer.ok) { throw new Error(sentence(told)); }
    var address = form.dataset.upload + told.uid + "/";
    var now = await ask(say, address, { headers: { "Upload-Key": told.upload_key } });
    if (!now.ok) { throw new Error(sentence(await now.json())); }
    return { address: address, key: told.upload_key, state: await now.json() };
  }

  async function sendPieces(upload, say, content) {
    var offset = upload.state.offset, size = LEAST;
    while (upload.state.state === "receiving") {
      var piece = content.slice(offset, offset + size), started = Date.now();
      var answer = await ask(say, upload.address, {
        method: "PATCH",
        headers: {
          "Upload-Key": upload.key, "Upload-Offset": String(offset), "Content-Type": "application/octet-stream"
        },
        body: piece
      });
      var told = await answer.json();
      if (answer.status === 409 && told.code === "upload_busy") { await pause(2000); continue; }
      if (answer.status === 409 && told.code === "upload_over") { return; }
      if (!answer.ok && told.code !== "upload_offset") { throw new Error(sentence(told)); }
      offset = told.offset;
      if (answer.ok) { upload.state = told; }
      size = Date.now() - started < PATIENCE ? Math.min(size * 2, MOST) : LEAST;
      say("sending", Math.floor(100 * offset / content.size));
    }
  }

  async function send(form, say, file) {
    var content = await shrink(file), remembered = keyOf(form, file);
    try {
      await sendPieces(await begin(form, say, file, content, remembered.key), say, content);
    } finally {
      window.sessionStorage.removeItem(remembered.name);
    }
  }

  function enhance(form) {
    var status = form.querySelector("[data-upload-status]"), bar = form.querySelector("[data-upload-progress]");
    var input = form.querySelector("input[type=file]");
    function say(what, percent) {
      status.textContent = form.dataset[what] + (percent === undefined ? "" : " " + percent + "%");
      bar.hidden = false;
      if (percent !== undefined) { bar.value = percent; }
    }
    form.addEventListener("submit", async function (event) {
      if (!input.files.length) { return; }  // the server says that a file is missing
      event.preventDefault();
      if (form.hasAttribute("aria-busy")) { return; }
      form.setAttribute("aria-busy", "true");
      try {
        for (var file of input.files) { await send(form, say, file); }
        window.location.reload();
      } catch (refused) {
        status.textContent = refused.message;
        bar.hidden = true;
        form.removeAttribute("aria-busy");
      }
    });
  }

  document.querySelectorAll("form[data-upload]").forEach(enhance);
})();
