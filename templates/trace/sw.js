{% load static %}// Keeps the entry forms of who is signed in for when there is no network. Nothing else is answered from here.
"use strict";
const SHELL = "shell {{ version }}", PAGES = "pages", OFFLINE = "{% url 'offline' %}";
const ASSETS = [OFFLINE, {% for asset in assets %}"{{ asset }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const FORMS = [{% for form in forms %}/{{ form|safe }}/{% if not forloop.last %}, {% endif %}{% endfor %}];

self.addEventListener("install", (event) => event.waitUntil(
  caches.open(SHELL).then((shell) => shell.addAll(ASSETS)).then(() => self.skipWaiting()),
));
self.addEventListener("activate", (event) => event.waitUntil(
  caches.keys()
    .then((names) => Promise.all(names.filter((name) => name.startsWith("shell ") && name !== SHELL).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()),
));
self.addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  // Whoever comes next on this phone finds nobody else's form.
  if (request.method === "POST" && ["{% url 'logout' %}", "{% url 'login' %}"].includes(pathname)) event.waitUntil(caches.delete(PAGES));
  // What could not be sent waits in the page's own store, which the offline page shows.
  if (request.method === "POST" && isForm(pathname)) event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && pathname.startsWith("{% url 'producer' %}")) event.respondWith(page(request, pathname));
  else if (ASSETS.includes(pathname)) event.respondWith(caches.match(pathname).then((kept) => kept ?? fetch(request)));
});

const isForm = (pathname) => FORMS.some((form) => form.test(pathname));

async function page(request, pathname) {
  try {
    const answer = await fetch(request);
    // A navigation's redirect is opaque here: a page that came is the signed-in reader's own.
    if (isForm(pathname) && answer.ok && !answer.redirected) await (await caches.open(PAGES)).put(pathname, answer.clone());
    return answer;
  } catch {
    return (isForm(pathname) && await caches.match(pathname)) || caches.match(OFFLINE);
  }
}
