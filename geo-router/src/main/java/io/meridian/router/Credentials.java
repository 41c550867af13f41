// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Bytes;
import java.util.Optional;

/** Who may come in. Safe for any thread; compares secrets in constant time. */
public interface Credentials {
    /**
     * By user name and token. The name may carry a level: {@code "default+linearizable"}; an unknown one opens nothing.
     *
     * @throws io.meridian.engine.CommandException when they are right, but the level is none that this version can keep
     */
    Optional<Access> open(Bytes user, Bytes token);

    /** By token alone, as REST has it. */
    Optional<Access> open(Bytes token);

    /** What a connection may do that has not authenticated; empty when it must. */
    Optional<Access> anonymous();
}
