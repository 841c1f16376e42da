/** Ends Lumino widgets that stand inside React's elements. */

import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

/**
 * Dispose a widget whether or not its node is still in the page.
 *
 * React takes elements away before its effects are cleaned up, and a tab that is closed takes them all. Lumino
 * refuses to detach what is no longer in the page, so such a widget is told here that it is detached.
 */
export function release(widget: Widget): void {
  settle(widget);
  widget.dispose();
}

/** Tell a widget that it is detached, if its node has gone without its knowing. */
export function settle(
  widget: Pick<Widget, 'isAttached' | 'node' | 'processMessage'>
): void {
  if (widget.isAttached && !widget.node.isConnected) {
    MessageLoop.sendMessage(widget, Widget.Msg.BeforeDetach);
    MessageLoop.sendMessage(widget, Widget.Msg.AfterDetach);
  }
}
