// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.command.Session.ReplyMode;

/** What a session may ask of the connection it belongs to. All but {@link #kill} are called on the lane's thread. */
public interface Connection {
    /** {@code "127.0.0.1:51312"}. */
    String remoteAddress();

    String localAddress();

    /** Closes once the replies so far are written. */
    void closeAfterReply();

    /** Closes now; from any thread. */
    void kill();

    void replies(ReplyMode mode);

    /** A command that was not taken may be offered again. */
    void resume();
}
