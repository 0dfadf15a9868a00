// Fills longitude and latitude from the phone, when asked. Without it the fields are typed.
"use strict";
for (const part of document.querySelectorAll("[data-place]")) {
  const form = part.closest("form");
  const say = part.querySelector("[role=status]");
  if (!form || !navigator.geolocation || !window.isSecureContext) continue;
  part.hidden = false;
  part.querySelector("button").addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.longitude.value = coords.longitude.toFixed(6);
        form.elements.latitude.value = coords.latitude.toFixed(6);
        form.elements.datum.value = "WGS-84"; // what the W3C Geolocation API is defined in
        say.textContent = say.dataset.done;
      },
      () => { say.textContent = say.dataset.failed; },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
}
