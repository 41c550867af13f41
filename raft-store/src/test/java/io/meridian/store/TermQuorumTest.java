// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

class TermQuorumTest {
    private final Map<String, LongConsumer> asked = new LinkedHashMap<>();
    private final List<Boolean> outcomes = new ArrayList<>();
    private long own = 3;

    private TermQuorum with(String... others) {
        return new TermQuorum(List.of(others), () -> own, asked::put);
    }

    private void answer(String voter, long term) {
        Objects.requireNonNull(asked.remove(voter), voter + " is not asked").accept(term);
    }

    @Test
    void asFewAreAskedAsMakeAMajority() {
        with("b", "c").confirm(3, outcomes::add);
        assertThat(asked.keySet()).containsExactly("b");
        answer("b", 3);
        assertThat(outcomes).containsExactly(true);

        with("b", "c", "d", "e").confirm(3, outcomes::add);
        assertThat(asked.keySet()).containsExactly("b", "c");
        answer("c", 3);
        assertThat(outcomes).hasSize(1);
        answer("b", 3);
        assertThat(outcomes).containsExactly(true, true);
    }

    @Test
    void withAnEvenNumberOfVotersAMajorityIsMoreThanHalf() {
        with("b").confirm(3, outcomes::add);
        assertThat(asked.keySet()).containsExactly("b");
        answer("b", 3);

        with("b", "c", "d").confirm(3, outcomes::add);
        assertThat(asked.keySet()).containsExactly("b", "c");
        assertThat(outcomes).containsExactly(true);
    }

    @Test
    void whoGivesNoGoodAnswerIsAskedLastTheNextTime() {
        TermQuorum quorum = with("b", "c");
        quorum.confirm(3, outcomes::add);
        answer("b", -1);
        quorum.confirm(3, outcomes::add);
        answer("c", 4);
        quorum.confirm(3, outcomes::add);
        answer("b", 0);

        assertThat(outcomes).containsExactly(false, false, false);
    }

    @Test
    void oneBadAnswerFailsARoundOnceWhateverComesAfterIt() {
        TermQuorum quorum = with("b", "c", "d", "e");
        quorum.confirm(3, outcomes::add);
        answer("b", 3);
        answer("c", 4);
        assertThat(outcomes).containsExactly(false);

        quorum.confirm(3, outcomes::add);
        assertThat(asked.keySet()).containsExactly("d", "e");
        answer("d", -1);
        answer("e", 3);
        assertThat(outcomes).containsExactly(false, false);
    }

    @Test
    void aReplicaThatIsInALaterTermItselfConfirmsNothing() {
        own = 4;

        with("b", "c").confirm(3, outcomes::add);
        with().confirm(3, outcomes::add);

        assertThat(asked).isEmpty();
        assertThat(outcomes).containsExactly(false, false);
    }

    @Test
    void aLoneVoterNeedsNobody() {
        with().confirm(3, outcomes::add);

        assertThat(outcomes).containsExactly(true);
    }
}
