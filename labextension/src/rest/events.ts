/** Server-sent events from the body of a response to POST, which `EventSource` cannot send. */

export interface IServerEvent {
  event: string;
  data: string;
}

/** The events of a stream, as they arrive; comments are left out. */
export async function* serverEvents(
  stream: ReadableStream<Uint8Array>
): AsyncGenerator<IServerEvent> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      text += decoder.decode(value, { stream: !done });
      const frames = text.split(/\r?\n\r?\n/);
      text = frames.pop() ?? '';
      for (const frame of frames) {
        const event = parseFrame(frame);
        if (event) {
          yield event;
        }
      }
      if (done) {
        return;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function parseFrame(frame: string): IServerEvent | null {
  let event = 'message';
  const data: string[] = [];
  for (const line of frame.split(/\r?\n/)) {
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (field === 'event') {
      event = value;
    } else if (field === 'data') {
      data.push(value);
    }
  }
  return data.length > 0 ? { event, data: data.join('\n') } : null;
}
