// Serves the shell of the desk while the network is down. It keeps static files and an empty page: nothing
// about anybody. What the desk knows stands encrypted in IndexedDB (offline-store.js).
"use strict";

const CACHE = "desk-{{ assets|length }}-v1";
const SHELL = "{{ shell_url }}";
const ASSETS = [{% for asset in assets %}"{{ asset }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const PATIENCE = 6000;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([SHELL, ...ASSETS])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter((name) => name.startsWith("desk-") && name !== CACHE).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

function orShell(request) {
  const late = new Promise((resolve, reject) => setTimeout(() => reject(new Error("slow")), PATIENCE));
  return Promise.race([fetch(request), late]).catch(() => caches.match(SHELL));
}

self.addEventListener("fetch", (event) => {
  const request = event.request;
  if (request.method !== "GET") { return; }
  if (request.mode === "navigate") { event.respondWith(orShell(request)); return; }
  if (ASSETS.includes(new URL(request.url).pathname)) {
    event.respondWith(caches.match(request).then((kept) => kept || fetch(request)));
  }
});
