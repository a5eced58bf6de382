// What only a browser knows of a page: what sticks out, what can be reached and how it shows that it was.
(() => {
  const seen = element => element.checkVisibility({ checkOpacity: false, checkVisibilityCSS: true }) && element.getClientRects().length > 0;
  const name = element => {
    const text = (element.getAttribute("aria-label") || element.textContent || element.name || "").trim().replace(/\s+/g, " ").slice(0, 40);
    const kind = element.tagName.toLowerCase() + (element.id ? `#${element.id}` : "") + [...element.classList].map(one => `.${one}`).join("");
    return text ? `<${kind}> “${text}”` : `<${kind}>`;
  };
  const scrolls = element => {
    const style = getComputedStyle(element);
    return /auto|scroll/.test(style.overflowX + style.overflowY)
      && (element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight);
  };
  const clips = element => getComputedStyle(element).overflowX !== "visible" && !["HTML", "BODY"].includes(element.tagName);
  const ancestors = function* (element) { for (let one = element.parentElement; one; one = one.parentElement) yield one; };

  // Elements that stick out to the right of the window, but for what a scroller or a frame of its own keeps.
  const sticksOut = () => {
    const edge = document.documentElement.clientWidth + 1;
    const out = [...document.body.querySelectorAll("*")].filter(element =>
      seen(element) && element.getBoundingClientRect().right > edge && ![...ancestors(element)].some(clips));
    const wide = document.scrollingElement.scrollWidth > edge ? [`the page is ${document.scrollingElement.scrollWidth} px wide`] : [];
    return [...wide, ...out.slice(-3).map(name)];
  };

  // Text that is cut off by its own box.
  const cutOff = () => [...document.body.querySelectorAll("*")].filter(element =>
    seen(element) && /hidden|clip/.test(getComputedStyle(element).overflowY) && !element.closest("svg")
    && element.clientHeight > 1 && element.textContent.trim() && element.scrollHeight > element.clientHeight + 4).map(name);

  const brokenPictures = () => [...document.images].filter(image => image.complete && !image.naturalWidth).map(image => image.src);

  const reachable = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]:not([tabindex='-1'])";
  let stops = [], plain = [];
  const drawn = (element, part) => {
    const style = getComputedStyle(element, part);
    return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow, style.backgroundColor,
      style.borderColor, style.color, style.textDecorationLine].join("|");
  };
  // A link that fills its card, or a field under its label, may show the focus there.
  const look = element => [
    ...[null, "::before", "::after"].map(part => drawn(element, part)),
    ...[...ancestors(element)].slice(0, 3).map(one => drawn(one)), ...[...(element.labels || [])].map(one => drawn(one)),
  ].join();

  // What Tab must reach, in the order of the document; of radio buttons, one per group.
  const begin = () => {
    const groups = new Set();
    document.activeElement?.blur();
    window.getSelection().removeAllRanges();
    window.scrollTo(0, 0);
    stops = [...document.querySelectorAll(reachable)].filter(element => {
      if (element.disabled || !seen(element)) return false;
      if (element.type !== "radio") return true;
      const group = element.name;
      const chosen = document.querySelector(`input[type=radio][name="${CSS.escape(group)}"]:checked`);
      return chosen ? chosen === element : !groups.has(group) && groups.add(group);
    });
    plain = stops.map(look);
    return stops.map(name);
  };

  // Where the focus is: the number of the stop, -1 for a scroller, null for none; and whether one can see it.
  const focus = () => {
    const element = document.activeElement;
    if (!element || element === document.body || element === document.documentElement) return null;
    document.getAnimations().forEach(animation => { try { animation.finish(); } catch { animation.cancel(); } });
    const number = stops.indexOf(element);
    const box = [...element.getClientRects()].find(rect => rect.width && rect.height) || element.getBoundingClientRect();
    const at = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.15], [0.5, 0.85]].map(([x, y]) =>
      document.elementFromPoint(box.left + box.width * x, box.top + box.height * y));
    const own = hit => hit && (element.contains(hit) || [...(element.labels || [])].some(label => label.contains(hit)));
    const style = getComputedStyle(element);
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    return { number, name: name(element), shown: number < 0 ? ring : look(element) !== plain[number], bare: at.some(own), scrolls: scrolls(element) };
  };

  // Whether the focus is in or after what the address's anchor names.
  const isPast = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const element = document.activeElement;
    if (!target || !element) return false;
    return target.contains(element) || Boolean(target.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING);
  };

  // Where the head's navigation leads: how many places, how many by links that can be seen; the stop that opens it.
  const menu = () => {
    const links = [...document.querySelectorAll("header nav a[href]")];
    const places = some => new Set(some.map(link => link.href)).size;
    const opener = stops.findIndex(element => element.closest("header") && (element.tagName === "SUMMARY" || element.hasAttribute("aria-expanded") || element.type === "checkbox"));
    return { all: places(links), seen: places(links.filter(seen)), opener };
  };
  const isInMenu = () => Boolean(document.activeElement?.matches("header nav a[href]"));

  // What paper shows: navigation that is still there, and the first words of the page.
  const onPaper = () => ({
    navigation: [...document.querySelectorAll("nav, .skip")].filter(seen).map(name),
    headed: [...document.querySelectorAll("h1")].some(seen),
    heading: document.querySelector("h1")?.textContent.trim().replace(/\s+/g, " ") || "",
  });

  // What breaks a rule of axe, in words (of colours alone, where asked), and what it cannot tell the contrast of.
  const axeSays = async coloursOnly => {
    const rules = coloursOnly ? { runOnly: ["color-contrast"] } : {};
    const done = await axe.run(document, { ...rules, resultTypes: ["violations", "incomplete"], preload: false });
    const words = (rule, node) => ([...node.any, ...node.all, ...node.none][0] || {}).message || rule.help;
    return {
      violations: done.violations.flatMap(rule => rule.nodes.slice(0, 3).map(node => `${rule.id} ${node.target.join(" ")}: ${words(rule, node)}`)),
      open: done.incomplete.filter(rule => rule.id === "color-contrast").flatMap(rule => rule.nodes.map(node => node.target.at(-1))),
    };
  };

  window.pageLook = { axeSays, sticksOut, cutOff, brokenPictures, begin, focus, isPast, menu, isInMenu, onPaper };
})();
