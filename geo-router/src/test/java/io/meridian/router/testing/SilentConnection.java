// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.testing;

import io.meridian.engine.command.Session.ReplyMode;
import io.meridian.router.Connection;

/** A connection that nobody is behind. */
public final class SilentConnection implements Connection {
    @Override
    public String remoteAddress() {
        return "127.0.0.1:1";
    }

    @Override
    public String localAddress() {
        return "127.0.0.1:2";
    }

    @Override
    public void closeAfterReply() {}

    @Override
    public void kill() {}

    @Override
    public void replies(ReplyMode mode) {}

    @Override
    public void resume() {}
}
