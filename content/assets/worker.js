// The theme's search worker, mended before the theme starts it.
"use strict";
(() => {
  const QUERY = 2; // the theme's number for the message that carries what was typed
  const SMALL = new Set("a an and are as at by can did do does for from has have how i in is it of on or show that the their this to was were what when where which who why with".split(" "));

  // The theme takes every word for the beginning of one: `in` would find Incyte before the question's own words.
  const asked = (query) => {
    const words = query.replace(/[?"“”]/g, " ").trim().split(/\s+/);
    const said = words.filter((word, i) => i === words.length - 1 || !SMALL.has(word.toLowerCase()));
    return said.join(" ");
  };

  // From disk no browser starts a worker: there the search runs in a hidden frame.
  class Frame extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.append(frame);
      const inside = frame.contentWindow;
      inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      const script = frame.contentDocument.createElement("script");
      const started = new Promise((done) => (script.onload = done));
      script.src = url;
      frame.contentDocument.body.append(script);
      this.send = (data) => started.then(() => inside.dispatchEvent(new inside.MessageEvent("message", { data })));
    }
    postMessage(data) {
      this.send(data);
    }
  }

  window.Worker = class extends (location.protocol === "file:" ? Frame : Worker) {
    postMessage(message) {
      super.postMessage(message.type === QUERY ? { ...message, data: asked(message.data) } : message);
    }
  };
})();
