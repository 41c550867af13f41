// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.testing.differential;

import io.meridian.engine.Bytes;
import java.util.List;
import java.util.Map;

/** Makes random command lines of one family, good and bad ones. */
public interface CommandGenerator {
    /** The next command line. Its meaning must not depend on the time of a test run, see {@link Draw#farAwayFromNow}. */
    List<Bytes> next(Draw draw);

    /** How the replies of commands are compared that need not be equal; by name, in upper case. */
    default Map<String, Likeness> likenesses() {
        return Map.of();
    }
}
