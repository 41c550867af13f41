// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.chaos.history.Call;
import org.junit.jupiter.api.Test;

class ExactlyOnceTest {
    private static Script counter() {
        return new Script("c");
    }

    private static Script list() {
        return new Script("l");
    }

    private static Verdict check(Script script, Script finals) {
        return ExactlyOnce.check(script.operations(), finals.operations());
    }

    private static void holds(Script script, Script finals) {
        assertThat(check(script, finals)).isInstanceOf(Verdict.Holds.class);
    }

    private static String broken(Script script, Script finals) {
        Verdict verdict = check(script, finals);
        assertThat(verdict).isInstanceOf(Verdict.Broken.class);
        return ((Verdict.Broken) verdict).explanation();
    }

    @Test
    void countBetweenAcknowledgedAndPossibleHolds() {
        Script script = counter()
                .increment(1, 0, 1, 1)
                .increment(1, 2, 3, 2)
                .unknown(2, 4, new Call.Increment())
                .fail(3, 4, 5, new Call.Increment());

        holds(script, counter().get(9, 100, 101, "2"));
        holds(script, counter().get(9, 100, 101, "3"));
        assertThat(broken(script, counter().get(9, 100, 101, "1"))).contains("1 lost");
        assertThat(broken(script, counter().get(9, 100, 101, "4"))).contains("applied twice");
        assertThat(broken(script, counter().get(9, 100, 101, "nil"))).contains("2 lost");
    }

    @Test
    void oneCountGivenTwiceIsBroken() {
        Script script = counter().increment(1, 0, 5, 1).increment(2, 0, 5, 1);

        assertThat(broken(script, counter().get(9, 100, 101, "2"))).contains("same count");
    }

    @Test
    void listOfAcknowledgedAndSomeUnknownElementsHolds() {
        Script script = list().append(1, 0, 1, "a", 1)
                .unknown(2, 0, new Call.Append("x"))
                .append(1, 4, 5, "b", 2)
                .fail(1, 6, 7, new Call.Append("f"));

        holds(script, list().range(9, 100, 101, "a", "b"));
        holds(script, list().range(9, 100, 101, "a", "b", "x"));
    }

    @Test
    void lostDoubledForeignFailedAndMovedElementsAreBroken() {
        Script script = list().append(1, 0, 1, "a", 1)
                .append(1, 4, 5, "b", 2)
                .unknown(2, 0, new Call.Append("x"))
                .fail(1, 6, 7, new Call.Append("f"));

        assertThat(broken(script, list().range(9, 100, 101, "a"))).contains("acknowledged append is lost", "\"b\"");
        assertThat(broken(script, list().range(9, 100, 101, "a", "b", "a"))).contains("there twice");
        assertThat(broken(script, list().range(9, 100, 101, "a", "b", "x", "x")))
                .contains("\"x\" is there twice");
        assertThat(broken(script, list().range(9, 100, 101, "a", "b", "y"))).contains("nobody appended it");
        assertThat(broken(script, list().range(9, 100, 101, "a", "b", "f"))).contains("that failed is there");
        assertThat(broken(script, list().range(9, 100, 101, "b", "a"))).contains("another length");
        assertThat(broken(script, list().range(9, 100, 101))).contains("lost");
    }

    @Test
    void withoutAFinalReadItIsUndecided() {
        assertThat(check(counter().increment(1, 0, 1, 1), counter())).isInstanceOf(Verdict.Undecided.class);
    }
}
