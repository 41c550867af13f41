// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.chaos.history.Call;
import io.meridian.chaos.history.Level;
import org.junit.jupiter.api.Test;

class SessionGuaranteesTest {
    private static final Level SESSION = Level.SESSION;
    private static final Level EVENTUAL = Level.EVENTUAL;

    private static Script register() {
        return new Script("r");
    }

    private static void holds(Script script) {
        assertThat(script.sessions()).isInstanceOf(Verdict.Holds.class);
    }

    private static String broken(Script script) {
        Verdict verdict = script.sessions();
        assertThat(verdict).isInstanceOf(Verdict.Broken.class);
        return ((Verdict.Broken) verdict).explanation();
    }

    @Test
    void staleReadOfAnotherSessionHolds() {
        holds(register().set(1, 0, 1, "a").set(1, 2, 3, "b").read(2, 4, 5, "a", SESSION));
        holds(register().set(1, 0, 1, "a").read(2, 4, 5, "nil", SESSION).read(2, 6, 7, "a", SESSION));
    }

    @Test
    void missingItsOwnWriteIsBroken() {
        assertThat(broken(register().set(1, 0, 1, "a").set(1, 2, 3, "b").read(1, 4, 5, "a", SESSION)))
                .contains("after its own write of \"b\"");
        broken(register().set(1, 0, 1, "a").read(1, 4, 5, "nil", SESSION));
    }

    @Test
    void readingBackwardsIsBroken() {
        Script script = register()
                .set(1, 0, 1, "a")
                .set(1, 2, 3, "b")
                .read(2, 4, 5, "b", SESSION)
                .read(2, 6, 7, "a", SESSION);

        assertThat(broken(script)).contains("session s2 saw \"a\" after it had seen \"b\"");
    }

    @Test
    void twoSessionsThatSeeOverlappingWritesInDifferentOrdersAreBroken() {
        Script one = register()
                .set(1, 0, 10, "a")
                .set(2, 0, 10, "b")
                .read(3, 11, 12, "a", SESSION)
                .read(3, 13, 14, "b", SESSION);
        holds(one);

        assertThat(broken(one.read(4, 11, 12, "b", SESSION).read(4, 13, 14, "a", SESSION)))
                .contains("session s3", "session s4");
    }

    @Test
    void writeMustFollowWhatItsSessionRead() {
        broken(register()
                .set(1, 0, 1, "a")
                .read(2, 2, 3, "a", SESSION)
                .set(2, 4, 5, "b")
                .read(3, 6, 7, "b", SESSION)
                .read(3, 8, 9, "a", SESSION));
    }

    @Test
    void eventualReadsMayGoBackAndRaiseNoFloor() {
        holds(register().set(1, 0, 1, "a").read(1, 2, 3, "nil", EVENTUAL));
        holds(register()
                .set(1, 0, 1, "a")
                .set(1, 2, 3, "b")
                .read(2, 4, 5, "b", EVENTUAL)
                .read(2, 6, 7, "a", SESSION));
    }

    @Test
    void noReadShowsAValueOfNobodyOfAFailedWriteOrOfTheFuture() {
        assertThat(broken(register().read(2, 4, 5, "x", EVENTUAL))).contains("nobody wrote");
        broken(register().fail(1, 0, 1, new Call.Set("a")).read(2, 4, 5, "a", EVENTUAL));
        broken(register().read(2, 0, 1, "a", EVENTUAL).set(1, 2, 3, "a"));
    }

    @Test
    void unknownWriteMayBeSeenOrNotButNotTakenBack() {
        Call a = new Call.Set("a");

        holds(register().unknown(1, 0, a).read(1, 2, 3, "nil", SESSION));
        holds(register().unknown(1, 0, a).read(1, 2, 3, "nil", SESSION).read(1, 4, 5, "a", SESSION));
        broken(register().unknown(1, 0, a).read(1, 2, 3, "a", SESSION).read(1, 4, 5, "nil", SESSION));
    }

    @Test
    void compareAndSetCountsAsAWriteOnlyWhereItWasDone() {
        holds(register().set(1, 0, 1, "a").cas(2, 2, 3, "a", "b", true).read(2, 4, 5, "b", SESSION));
        broken(register().set(1, 0, 1, "a").cas(2, 2, 3, "a", "b", true).read(2, 4, 5, "a", SESSION));
        broken(register().set(1, 0, 1, "a").cas(2, 2, 3, "x", "b", false).read(2, 4, 5, "b", SESSION));
    }

    @Test
    void counterNeverFallsInASession() {
        holds(new Script("c")
                .increment(1, 0, 1, 1)
                .read(2, 2, 3, "nil", SESSION)
                .read(1, 2, 3, "1", SESSION));
        assertThat(broken(new Script("c").increment(1, 0, 1, 1).read(1, 2, 3, "nil", SESSION)))
                .contains("missed its own write");
        assertThat(broken(new Script("c")
                        .increment(1, 0, 1, 1)
                        .increment(1, 2, 3, 2)
                        .read(2, 4, 5, "2", SESSION)
                        .read(2, 6, 7, "1", SESSION)))
                .contains("session s2 read backwards");
        assertThat(broken(new Script("c").increment(1, 0, 1, 1).read(2, 2, 3, "2", EVENTUAL)))
                .contains("above the 1 writes");
    }

    @Test
    void listNeverShrinksInASessionAndHasOnePast() {
        Script appended = new Script("l").append(1, 0, 1, "a", 1).append(1, 2, 3, "b", 2);
        holds(appended.range(2, 4, 5, SESSION, "a").range(2, 6, 7, SESSION, "a", "b"));

        assertThat(broken(new Script("l").append(1, 0, 1, "a", 1).range(1, 2, 3, SESSION)))
                .contains("missed its own write");
        assertThat(broken(new Script("l")
                        .append(1, 0, 1, "a", 1)
                        .append(1, 2, 3, "b", 2)
                        .range(2, 4, 5, EVENTUAL, "b")
                        .range(3, 4, 5, EVENTUAL, "a", "b")))
                .contains("different pasts");
    }

    @Test
    void indexOfWhatASessionWasShownNeverFalls() {
        holds(register()
                .set(9, 0, 1, "a")
                .indexed(1, 2, 3, "a", 7)
                .indexed(1, 4, 5, "a", 7)
                .indexed(2, 4, 5, "a", 5));
        assertThat(broken(register().set(9, 0, 1, "a").indexed(1, 2, 3, "a", 7).indexed(1, 4, 5, "a", 6)))
                .contains("index 6 after index 7");
    }
}
