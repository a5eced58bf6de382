"use strict";
// Fetches the page again every second and a half, and puts in what is new: what is being written stays.
const parts = ["live", "aside", "offered"];
const opened = (root) => [...root.querySelectorAll("details[open] > summary")].map((one) => one.textContent);
async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const name of parts) {
    const old = document.getElementById(name), now = fresh.getElementById(name);
    if (!old || !now || old.dataset.was === now.innerHTML || old.contains(document.activeElement)) continue;
    if (old.dataset.was !== undefined || old.innerHTML !== now.innerHTML) {
      const open = opened(old);
      const was = now.innerHTML;
      old.replaceChildren(...now.childNodes);
      old.dataset.was = was;
      for (const one of old.querySelectorAll("details > summary"))
        if (open.includes(one.textContent)) one.parentElement.open = true;
    }
  }
}
document.addEventListener("click", (event) => {
  const line = event.target.dataset ? event.target.dataset.say : undefined;
  if (line === undefined) return;
  const field = document.getElementById("body");
  field.value = line;
  field.focus();
});
setInterval(() => refresh().catch(() => {}), 1500);
