// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.testing.differential;

import java.util.List;

/** The generators there are. */
public final class Families {
    /** One for each family of commands whose replies a real Redis can be asked for. */
    public static final List<CommandGenerator> ALL = List.of(
            HashLines.ofAllSizes(), //
            new KeyLines(), //
            new ListLines(), //
            new StringLines());

    private Families() {}
}
