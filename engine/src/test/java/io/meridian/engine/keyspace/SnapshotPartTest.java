// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.keyspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Bytes;
import io.meridian.engine.value.StringValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a running snapshot keeps of the changes around it. */
class SnapshotPartTest {
    private final GroupKeys keys = new GroupKeys(5);

    @Test
    void savesAKeyOnceAndNothingThatItHasTaken() {
        for (int i = 0; i < 1000; i++) {
            put("key" + i, "old");
        }
        KeysSnapshot snapshot = keys.beginSnapshot();
        SnapshotPart part = Objects.requireNonNull(keys.at(0, 0).part);
        for (int i = 0; i < 1000; i++) {
            put("key" + i, "new");
            put("key" + i, "newer");
        }
        assertThat(part.savedCount()).isEqualTo(1000);

        int taken = 0;
        while (snapshot.take(2000)) {
            taken += snapshot.takenCount();
            assertThat(part.savedCount()).isEqualTo(1000 - taken);
            for (int i = 0; i < 1000; i++) {
                put("key" + i, "newest");
            }
            assertThat(part.savedCount()).isEqualTo(1000 - taken);
        }
        assertThat(taken).isEqualTo(1000);
        assertThat(keys.at(0, 0).part).isNull();
    }

    @Test
    void forgetsKeysThatCameAndWentMeanwhile() {
        put("there", "v");
        KeysSnapshot snapshot = keys.beginSnapshot();
        SnapshotPart part = Objects.requireNonNull(keys.at(0, 0).part);

        for (int i = 0; i < 1000; i++) {
            put("new" + i, "v");
            remove("new" + i);
            remove("never" + i);
        }
        assertThat(part.savedCount()).isZero();
        remove("there");
        put("there", "other");
        remove("there");
        assertThat(part.savedCount()).isEqualTo(1);

        List<Object> slots = new ArrayList<>();
        assertThat(part.take(1000, slots)).isFalse();
        assertThat(slots).hasSize(1);
        assertThat(Slot.value(slots.getFirst())).isEqualTo(new StringValue(Bytes.of("v")));
        snapshot.close();
    }

    private void put(String key, String value) {
        keys.keyspace(0, 0, 0, 0).put(Bytes.of(key), new StringValue(Bytes.of(value)), KeyspaceView.NEVER);
    }

    private void remove(String key) {
        keys.keyspace(0, 0, 0, 0).remove(Bytes.of(key));
    }
}
