// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Reply;

/** Where the reply of one command goes; called once, on the lane's thread, possibly before execute returns. */
public interface ReplySink {
    void reply(Reply reply);
}
