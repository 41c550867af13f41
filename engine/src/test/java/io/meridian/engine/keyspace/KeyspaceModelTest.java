// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.keyspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Bytes;
import io.meridian.engine.value.StringValue;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A keyspace against a naive model, with the same random changes to both. */
class KeyspaceModelTest {
    private record Held(String value, long expiry) {}

    private final GroupKeys keys = new GroupKeys(42);
    private final TreeMap<String, Held> model = new TreeMap<>();
    private long now = 1000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void randomChangesLeaveWhatTheModelHolds(long seed) {
        Random random = new Random(seed);

        for (int phase = 0; phase < 6; phase++) {
            int keyCount = random.nextInt(2) == 0 ? 50 : 20_000;
            int putShare = random.nextInt(10, 95);
            for (int i = 0; i < 20_000; i++) {
                change(random, "k" + random.nextInt(keyCount), putShare);
            }
            compare();
        }
    }

    @Test
    void massDeletionLeavesASmallTable() {
        NumberedKeyspace space = keys.keyspace(0, 0, now, 0);
        for (int i = 0; i < 100_000; i++) {
            space.put(Bytes.of("key" + i), new StringValue(Bytes.of("v")), KeyspaceView.NEVER);
        }
        int grown = space.held().table.segments();

        for (int i = 0; i < 100_000; i++) {
            if (i % 5_000 != 0) {
                assertThat(space.remove(Bytes.of("key" + i))).isTrue();
            }
        }

        space.held().table.check();
        assertThat(grown).isBetween(100_000 / Segment.COUNT_MAX, 100_000 / (Segment.COUNT_MAX / 2 - 50));
        assertThat(space.held().table.segments()).isEqualTo(1);
        assertThat(space.size()).isEqualTo(20);
        assertThat(space.exists(Bytes.of("key5000"))).isTrue();
    }

    private void change(Random random, String key, int putShare) {
        if (random.nextInt(2_000) == 0) {
            now += random.nextInt(500);
        }
        NumberedKeyspace space = keys.keyspace(0, 0, now, random.nextLong());
        Held held = model.get(key);
        boolean isThere = held != null && held.expiry > now;
        assertThat(space.exists(Bytes.of(key))).isEqualTo(isThere);
        int dice = random.nextInt(100);
        if (dice < putShare) {
            long expiry = random.nextInt(3) == 0 ? now + 1 + random.nextInt(2_000) : KeyspaceView.NEVER;
            String value = "v".repeat(random.nextInt(20)) + random.nextInt();
            space.put(Bytes.of(key), new StringValue(Bytes.of(value)), expiry);
            model.put(key, new Held(value, expiry));
        } else if (dice < putShare + 2) {
            long expiry = now + random.nextInt(100);
            assertThat(space.expire(Bytes.of(key), expiry)).isEqualTo(isThere);
            model.computeIfPresent(key, (_, old) -> isThere && expiry > now ? new Held(old.value, expiry) : null);
        } else if (dice < putShare + 4) {
            String more = "m".repeat(random.nextInt(3_000));
            space.append(Bytes.of(key), Bytes.of(more));
            model.put(
                    key,
                    held != null && isThere
                            ? new Held(held.value + more, held.expiry)
                            : new Held(more, KeyspaceView.NEVER));
        } else if (dice < putShare + 6) {
            String old = held != null && isThere ? held.value : "";
            int offset = random.nextInt(4_000);
            String patch = "p".repeat(random.nextInt(1, 3_000));
            String head = old.length() < offset ? old + "\0".repeat(offset - old.length()) : old.substring(0, offset);
            int end = offset + patch.length();
            String changed = head + patch + (old.length() > end ? old.substring(end) : "");
            assertThat(space.overwrite(Bytes.of(key), offset, Bytes.of(patch))).isEqualTo(changed.length());
            model.put(key, new Held(changed, held != null && isThere ? held.expiry : KeyspaceView.NEVER));
        } else {
            assertThat(space.remove(Bytes.of(key))).isEqualTo(isThere);
            model.remove(key);
        }
        if (random.nextInt(300) == 0) {
            expire(random.nextInt(5));
        }
    }

    private void expire(int limit) {
        List<Map.Entry<String, Held>> ended = model.entrySet().stream()
                .filter(entry -> entry.getValue().expiry <= now)
                .sorted(Map.Entry.<String, Held>comparingByValue(java.util.Comparator.comparingLong(Held::expiry))
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(limit)
                .toList();
        assertThat(keys.expireUpTo(now, limit)).isEqualTo(ended.size());
        ended.forEach(entry -> model.remove(entry.getKey()));
    }

    private void compare() {
        NumberedView view = keys.view(0, 0, now, 7);
        view.held().table.check();
        assertThat(view.size()).isEqualTo(model.size());
        assertThat(view.expiringSize())
                .isEqualTo(model.values().stream()
                        .filter(held -> held.expiry != KeyspaceView.NEVER)
                        .count());
        assertThat(keys.earliestExpiry())
                .isEqualTo(model.values().stream().mapToLong(Held::expiry).min().orElse(KeyspaceView.NEVER));
        TreeMap<String, Held> seen = new TreeMap<>();
        view.forEach((key, value) -> {
            seen.put(
                    key.toString(),
                    new Held(
                            ((StringValue) value).bytes().toString(),
                            view.expiryOf(key).orElseThrow()));
            return true;
        });
        TreeMap<String, Held> visible = new TreeMap<>(model);
        visible.values().removeIf(held -> held.expiry <= now);
        assertThat(seen).isEqualTo(visible);
        assertThat(view.metEnded()).isEqualTo(visible.size() < model.size());
        assertThat(view.randomKey().map(Bytes::toString).map(visible::containsKey))
                .isEqualTo(visible.isEmpty() ? java.util.Optional.empty() : java.util.Optional.of(true));
    }

    /** SCAN's promise: what is there from the first call to the last is seen, whatever else comes and goes. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void scanSeesWhatStaysWhileTheTableGrowsAndShrinks(long seed) {
        Random random = new Random(seed);
        List<String> staying = new ArrayList<>();
        List<String> going = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            String key = "s" + i;
            (random.nextInt(3) == 0 ? staying : going).add(key);
            put(key);
        }
        TreeMap<String, Integer> seen = new TreeMap<>();
        Iterator<String> leaving = going.iterator();
        long cursor = 0;
        int added = 0;
        do {
            cursor = keys.view(0, 0, now, 0).scan(cursor, 10, (key, _) -> {
                seen.merge(key.toString(), 1, Integer::sum);
                return true;
            });
            for (int i = random.nextInt(40); i > 0; i--) {
                if (random.nextBoolean() && leaving.hasNext()) {
                    keys.keyspace(0, 0, now, 0).remove(Bytes.of(leaving.next()));
                } else if (seed % 2 == 0) {
                    put("new" + added++);
                }
            }
        } while (cursor != 0);

        assertThat(seen).containsKeys(staying.toArray(new String[0]));
        assertThat(seen.values()).containsOnly(1);
    }

    private void put(String key) {
        keys.keyspace(0, 0, now, 0).put(Bytes.of(key), new StringValue(Bytes.of("v")), KeyspaceView.NEVER);
    }
}
