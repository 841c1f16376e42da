// What JupyterLab's libraries expect of a browser when they are loaded, and jsdom lacks.

Object.assign(globalThis, {
  DragEvent: class extends MouseEvent {},

  matchMedia: (media: string) =>
    Object.assign(new EventTarget(), {
      matches: false,
      media,
      addListener: () => undefined,
      removeListener: () => undefined
    }),

  requestIdleCallback: (callback: IdleRequestCallback) =>
    window.setTimeout(() => {
      callback({ didTimeout: false, timeRemaining: () => 50 });
    }, 0)
});
