/* global WORKERS -- file names by label, written in by the build */

/** Tells Monaco where the build put its three workers: files of this origin, as the page's policy asks. */
globalThis.MonacoEnvironment = {
  getWorker(_moduleId, label) {
    return new Worker(new URL(WORKERS[label] ?? WORKERS.editor, import.meta.url));
  },
};
