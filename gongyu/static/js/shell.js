// What pages gain where JavaScript runs; everything also works without it. Hooks are listed in docs/design.md.
(() => {
  "use strict";
  const root = document.documentElement;
  const on = (type, selector, act) =>
    document.addEventListener(type, (event) => {
      const target = event.target instanceof Element ? event.target.closest(selector) : null;
      if (target) act(target, event);
    });

  // ---- Size and theme: change at once, tell the server behind it -------------------------------------------------
  on("submit", "form[data-preference]", (form, event) => {
    const button = event.submitter;
    if (!button || !window.fetch) return;
    event.preventDefault();
    const name = form.dataset.preference, value = button.value;
    if (value) root.dataset[name] = value;
    else delete root.dataset[name];
    const body = new FormData(form);
    body.set(name, value);
    fetch(form.action, { method: "POST", body, redirect: "manual", credentials: "same-origin" });
    document.querySelectorAll(`form[data-preference="${name}"]`).forEach((each) => {
      each.querySelectorAll("button").forEach((b) => {
        if (name === "size") b.value = value ? "" : "large";
        b.setAttribute("aria-pressed", String(name === "size" ? Boolean(value) : b.value === value));
      });
    });
  });

  // ---- Dialogs and menus -----------------------------------------------------------------------------------------
  on("click", "[data-dialog-open]", (button, event) => {
    const dialog = document.getElementById(button.dataset.dialogOpen);
    if (!dialog || !dialog.showModal) return;
    event.preventDefault();
    dialog.showModal();
  });
  on("click", "[data-dialog-close]", (button) => button.closest("dialog")?.close());
  on("click", "dialog", (dialog, event) => {
    if (event.target !== dialog) return;
    const box = dialog.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) dialog.close();
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = [...document.querySelectorAll("details[data-menu][open]")].pop();
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });

  // ---- Toasts, print, share ---------------------------------------------------------------------------------------
  on("click", "[data-dismiss]", (button) => button.closest("[data-toast]")?.remove());
  on("click", "[data-print]", () => window.print());
  on("click", "[data-share]", async (button) => {
    const what = { title: document.title, url: location.href };
    if (navigator.share) return void navigator.share(what).catch(() => {});
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(what.url);
      say(button.dataset.shareDone || "网址抄好了，去粘贴吧。");
    }
  });

  /** Say one sentence where messages stand. */
  function say(words) {
    const box = document.getElementById("toasts");
    if (!box) return;
    const toast = document.createElement("p");
    toast.className = "notice notice-ok font-medium";
    toast.textContent = words;
    box.append(toast);
    setTimeout(() => toast.remove(), 6000);
  }

  // ---- Forms: choices that submit, one submission only ------------------------------------------------------------
  on("change", "[data-submit-on-change]", (holder, event) => {
    const field = event.target;
    if (field.matches("input[type=text], input[type=search], textarea")) return;
    field.form?.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-preference")) return;
    const ask = button?.dataset.confirm && document.getElementById(button.dataset.confirm);
    if (ask && ask.showModal && !ask.contains(button)) {
      event.preventDefault();
      ask.showModal();
      return;
    }
    if (form.dataset.sent) return void event.preventDefault();
    form.dataset.sent = "1";
    // After this turn, so that the button's own name and value are still sent.
    setTimeout(() => {
      form.querySelectorAll("button:not([type=button]), input[type=submit]").forEach((b) => (b.disabled = true));
      if (!button || form.hasAttribute("data-quiet")) return;
      button.dataset.words = button.innerHTML;
      button.innerHTML = '<span class="spin" aria-hidden="true"></span>';
      button.append(button.dataset.busy || form.dataset.busy || "正在提交…");
    });
  });
  function release(form) {
    if (!form || !form.dataset.sent) return;
    delete form.dataset.sent;
    form.querySelectorAll("button, input[type=submit]").forEach((b) => {
      b.disabled = false;
      if (b.dataset.words) b.innerHTML = b.dataset.words;
      delete b.dataset.words;
    });
  }
  // Back from the next page, or an htmx answer that stays here: the form can be used again.
  addEventListener("pageshow", (event) => event.persisted && document.querySelectorAll("form[data-sent]").forEach(release));
  document.addEventListener("htmx:afterRequest", (event) => release(event.target.closest?.("form")));
  document.addEventListener("htmx:sendError", () => say("网断了，没有提交成。网好了再点一次。"));

  // ---- Drafts: what was typed survives an error, a time-out and a sign-out ------------------------------------------
  const WEEK = 7 * 24 * 3600 * 1000;
  const reader = document.body.dataset.user || "";
  const keyOf = (form) => `draft:${form.dataset.draft}:${location.pathname}`;
  const kept = (field) =>
    field.name && !field.disabled && !["password", "hidden", "file", "submit", "button"].includes(field.type) && field.name !== "csrfmiddlewaretoken";
  function store(key, value) {
    try {
      if (value) localStorage.setItem(key, JSON.stringify(value));
      else localStorage.removeItem(key);
    } catch { /* a full or forbidden store loses only the convenience */ }
  }
  function read(key) {
    try {
      return JSON.parse(localStorage.getItem(key) || "null");
    } catch {
      return null;
    }
  }
  function snapshot(form) {
    const values = {};
    for (const field of form.elements) {
      if (!kept(field)) continue;
      const value = ["checkbox", "radio"].includes(field.type) ? (field.checked ? field.value : null) : field.multiple ? [...field.selectedOptions].map((o) => o.value) : field.value;
      if (value !== null) (values[field.name] ||= []).push(value);
    }
    return values;
  }
  function fill(form, values) {
    const turn = {};
    for (const field of form.elements) {
      if (!kept(field)) continue;
      const saved = values[field.name];
      if (["checkbox", "radio"].includes(field.type)) field.checked = Boolean(saved?.includes(field.value));
      else if (saved) {
        const value = saved[(turn[field.name] = (turn[field.name] ?? -1) + 1)];
        if (field.multiple) [...field.options].forEach((o) => (o.selected = value.includes(o.value)));
        else if (value !== undefined) field.value = value;
      }
    }
  }
  function watch(form) {
    const key = keyOf(form), draft = read(key), fresh = JSON.stringify(snapshot(form));
    const wrong = form.querySelector("[aria-invalid=true], [data-focus]");
    const usable = draft && draft.user === reader && Date.now() - draft.at < WEEK;
    if (draft && draft.user === reader && !usable) store(key, null);
    else if (usable && !wrong && JSON.stringify(draft.values) !== fresh) {
      const before = JSON.parse(fresh);
      fill(form, draft.values);
      // Whatever answers to the form (who could come for a need) hears of it, once it listens.
      const tell = () => form.querySelector("input")?.dispatchEvent(new Event("change", { bubbles: true }));
      if (document.readyState === "complete") setTimeout(tell);
      else window.addEventListener("load", () => setTimeout(tell));
      const note = document.createElement("p");
      note.className = "notice items-center py-2 mb-5";
      note.append("上次没交的字还在，替您放回来了。");
      const undo = document.createElement("button");
      undo.type = "button";
      undo.className = "btn btn-ghost ml-auto";
      undo.textContent = "不要了";
      undo.addEventListener("click", () => {
        fill(form, before);
        store(key, null);
        note.remove();
        tell();
      });
      note.append(undo);
      form.prepend(note);
    }
    let timer;
    const save = (extra = {}) => store(key, { at: Date.now(), user: reader, values: snapshot(form), ...extra });
    const keep = () => {
      timer = clearTimeout(timer);
      save();
    };
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(keep, 400);
    });
    window.addEventListener("pagehide", () => timer && form.isConnected && keep()); // left in mid-word
    form.addEventListener("submit", () => {
      timer = clearTimeout(timer);
      save({ sent: Date.now() });
    });
  }
  /** A form that was sent has arrived when a good page follows; an error or the sign-in page makes it a draft again. */
  function settle() {
    const trouble = document.body.hasAttribute("data-trouble") || document.querySelector("[data-sign-in]");
    const back = performance.getEntriesByType?.("navigation")[0]?.type === "back_forward";
    let keys = [];
    try {
      keys = Object.keys(localStorage).filter((key) => key.startsWith("draft:"));
    } catch { /* no store, no drafts */ }
    for (const key of keys) {
      const draft = read(key);
      if (!draft?.sent) continue;
      if (trouble || (back && key.endsWith(`:${location.pathname}`))) store(key, { ...draft, sent: undefined });
      else store(key, null);
    }
  }

  function start(scope) {
    scope.querySelectorAll("[data-dismiss][hidden]").forEach((b) => (b.hidden = false));
    scope.querySelectorAll("form[data-draft]").forEach(watch);
    scope.querySelector("[data-focus]")?.focus();
  }
  settle();
  start(document);
  document.addEventListener("htmx:load", (event) => event.target !== document.body && start(event.target));
})();

// A long list of choices shows what is ticked, and what holds the words typed above it. Without script it is whole.
(() => {
  function narrow(field) {
    const words = field.value.trim();
    document.getElementById(field.dataset.narrows)?.querySelectorAll("label.choice").forEach((label) => {
      label.hidden = !label.querySelector(":checked") && !(words && label.textContent.includes(words));
    });
  }
  document.addEventListener("input", (event) => event.target.dataset?.narrows && narrow(event.target));
  document.addEventListener("keydown", (event) => event.key === "Enter" && event.target.dataset?.narrows && event.preventDefault());
  document.querySelectorAll("[data-narrows]").forEach((field) => {
    field.parentElement.hidden = false;
    narrow(field);
  });
})();

// Without a network the service worker answers with the offline page (WeChat on iOS has none, and loses nothing by it).
if ("serviceWorker" in navigator && window.isSecureContext) {
  navigator.serviceWorker.register("/service-worker.js").catch(() => {});
}
