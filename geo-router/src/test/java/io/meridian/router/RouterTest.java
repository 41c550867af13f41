// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.value.StringValue;
import io.meridian.router.testing.LoneNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is refused of a command line before it goes anywhere. */
class RouterTest {
    private static final int LONGEST = Math.toIntExact(StringValue.BYTES_MAX);

    /** A command may be a little longer than its longest string: that string must not use what was left for the others. */
    @Test
    void noStringIsLongerThanOneMayBe() {
        try (LoneNode node = LoneNode.open()) {
            Args longest = args("SET", "k", LONGEST);
            Args longer = args("SET", "k", LONGEST + 1);

            assertThatCode(() -> check(node, longest)).doesNotThrowAnyException();
            assertThatThrownBy(() -> check(node, longer))
                    .isInstanceOf(CommandException.class)
                    .hasMessageContaining("string exceeds maximum allowed size (proto-max-bulk-len)");
            assertThatThrownBy(() -> check(node, args("SET", "k".repeat(LoneNode.KEY_BYTES_MAX + 1), 1)))
                    .isInstanceOf(CommandException.class)
                    .hasMessageContaining("max key size exceeded");
        }
    }

    private static void check(LoneNode node, Args args) {
        node.router().checkWords(CommandTable.REDIS.require(args).spec(), args);
    }

    private static Args args(String name, String key, int valueBytes) {
        return Args.of(List.of(Bytes.of(name), Bytes.of(key), Bytes.of(new byte[valueBytes])));
    }
}
