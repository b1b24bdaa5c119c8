// The worker that runs Python: it is asked one thing at a time, and started anew where that takes too long.
const LIMIT = 1000 * (Number(document.documentElement.dataset.limit) || 20); // milliseconds

export class TooLong extends Error {}
export class Superseded extends Error {}

export class Python {
  // `tell` hears { loaded: 0 to 1 }, { ready: true } and { failed: words }.
  constructor(tell) {
    this.tell = tell;
    this.queue = [];
    this.current = null;
    this.start();
  }

  start() {
    this.ready = false;
    this.worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => this.heed(data);
    this.worker.onerror = (event) => this.tell({ failed: event.message || "the worker could not be loaded" });
  }

  // The answer to a question; of those that wait with the same `place` only the newest is asked.
  ask(what, question, place = null) {
    return new Promise((resolve, reject) => {
      const older = place === null ? -1 : this.queue.findIndex((one) => one.place === place);
      if (older >= 0) this.queue.splice(older, 1)[0].reject(new Superseded());
      this.queue.push({ what, question, place, resolve, reject });
      this.next();
    });
  }

  next() {
    if (!this.ready || this.current || !this.queue.length) return;
    this.current = this.queue.shift();
    this.worker.postMessage({ what: this.current.what, question: this.current.question });
    this.timer = setTimeout(() => this.restart(new TooLong()), LIMIT);
  }

  heed(data) {
    if ("answer" in data) {
      const { resolve } = this.settled();
      resolve(JSON.parse(data.answer));
    } else if ("broken" in data) {
      this.restart(new Error(data.broken));
    } else {
      this.ready ||= Boolean(data.ready);
      this.tell(data);
    }
    this.next();
  }

  settled() {
    clearTimeout(this.timer);
    const asked = this.current;
    this.current = null;
    return asked;
  }

  restart(error) {
    this.worker.terminate();
    this.settled().reject(error);
    this.start();
  }
}

export const seconds = LIMIT / 1000;
