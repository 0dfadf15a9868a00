// Shows the button, and loads what checks the proofs only when it is tapped: the first view stays light.
"use strict";
for (const section of document.querySelectorAll("[data-verify]")) {
  const { verify, tlog, failed } = section.dataset;
  section.hidden = false;
  section.querySelector("button").addEventListener("click", async () => {
    if (section.ariaBusy === "true") return;
    section.ariaBusy = "true";
    try {
      const [page, log] = await Promise.all([import(verify), import(tlog)]);
      await page.verify(section, log);
    } catch (error) {
      console.warn(error);
      section.querySelector("[role=status]").textContent = failed;
    }
    section.ariaBusy = "false";
  });
}
