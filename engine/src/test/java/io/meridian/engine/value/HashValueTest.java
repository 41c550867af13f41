// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.engine.ByteReader;
import io.meridian.engine.ByteWriter;
import io.meridian.engine.Bytes;
import io.meridian.engine.CorruptBytesException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashValueTest {
    private static final int FIELDS_MAX = HashValue.LISTPACK_FIELDS_MAX;
    private static final int BYTES_MAX = HashValue.LISTPACK_BYTES_MAX;

    private final HashValue hash = new HashValue(7);

    /** The naive model: pairs in order; removal shifts in a listpack and swaps beyond. */
    private static final class Model {
        final List<Bytes> fields = new ArrayList<>();
        final List<Bytes> values = new ArrayList<>();
        boolean isLarge;

        boolean set(Bytes field, Bytes value) {
            int at = fields.indexOf(field);
            if (at >= 0) {
                values.set(at, value);
            } else {
                fields.add(field);
                values.add(value);
            }
            isLarge |= field.length() > BYTES_MAX || value.length() > BYTES_MAX || fields.size() > FIELDS_MAX;
            return at < 0;
        }

        boolean remove(Bytes field) {
            int at = fields.indexOf(field);
            if (at < 0) {
                return false;
            }
            if (isLarge) {
                fields.set(at, fields.getLast());
                values.set(at, values.getLast());
                fields.removeLast();
                values.removeLast();
            } else {
                fields.remove(at);
                values.remove(at);
            }
            return true;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void anyRunOfChangesAgreesWithTheModel(long seed) {
        Random random = new Random(seed);
        // Few short fields stay packed, more become an ordered table, many or long ones a hashtable.
        int fields = new int[] {5, 60, 400, 800, 3000, 40}[(int) seed - 1];
        int valueBytes = new int[] {8, 60, 10, 10, 30, 200}[(int) seed - 1];
        Model model = new Model();
        for (int i = 0; i < 8_000; i++) {
            Bytes field = Bytes.of("field:" + random.nextInt(fields));
            boolean grows = i / 2_000 % 2 == 0;
            if (random.nextInt(10) < (grows ? 7 : 2)) {
                Bytes value = random(random, random.nextInt(valueBytes + 1));
                assertThat(hash.set(field, value)).isEqualTo(model.set(field, value));
            } else {
                assertThat(hash.remove(field)).isEqualTo(model.remove(field));
            }
            Bytes other = Bytes.of("field:" + random.nextInt(fields));
            int at = model.fields.indexOf(other);
            assertThat(hash.get(other)).isEqualTo(at < 0 ? null : model.values.get(at));
            assertThat(hash.contains(other)).isEqualTo(at >= 0);
            assertThat(hash.size()).isEqualTo(model.fields.size());
            assertThat(hash.encodingName()).isEqualTo(model.isLarge ? "hashtable" : "listpack");
            if (i % 500 == 0) {
                assertThat(pairs(hash)).isEqualTo(pairs(model));
                assertThat(pairs(read(written(hash)))).isEqualTo(pairs(model));
                assertThat(pairs(hash.frozen())).isEqualTo(pairs(model));
            }
        }
        assertThat(pairs(hash)).isEqualTo(pairs(model));
    }

    @Test
    void moreFieldsThanTheLimitMakeAHashtable() {
        fill(hash, FIELDS_MAX - 1);
        assertThat(hash.encodingName()).isEqualTo("listpack");
        hash.set(Bytes.of("at the limit"), Bytes.EMPTY);
        assertThat(hash.encodingName()).isEqualTo("listpack");
        hash.set(Bytes.of("at the limit"), Bytes.of("again"));
        assertThat(hash.encodingName()).isEqualTo("listpack");
        hash.set(Bytes.of("beyond the limit"), Bytes.EMPTY);
        assertThat(hash.encodingName()).isEqualTo("hashtable");

        hash.remove(Bytes.of("beyond the limit"));
        assertThat(hash.encodingName()).as("no way back").isEqualTo("hashtable");
    }

    @Test
    void theShortestFieldsCountToTheLimitToo() {
        for (int i = 0; i < FIELDS_MAX; i++) {
            hash.set(Bytes.of(Integer.toString(i, 36)), Bytes.EMPTY);
        }
        assertThat(hash.encodingName()).isEqualTo("listpack");
        hash.set(Bytes.of("#"), Bytes.EMPTY);
        assertThat(hash.encodingName()).isEqualTo("hashtable");
        assertThat(hash.size()).isEqualTo(FIELDS_MAX + 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLongerFieldOrValueThanTheLimitMakesAHashtable(boolean isField) {
        for (int length = BYTES_MAX - 1; length <= BYTES_MAX + 1; length++) {
            HashValue one = new HashValue(7);
            Bytes text = Bytes.of("x".repeat(length));
            one.set(isField ? text : Bytes.of("f"), isField ? Bytes.of("v") : text);
            assertThat(one.encodingName()).isEqualTo(length > BYTES_MAX ? "hashtable" : "listpack");
            assertThat(one.get(isField ? text : Bytes.of("f"))).isEqualTo(isField ? Bytes.of("v") : text);
            assertThat(read(written(one)).encodingName()).isEqualTo(one.encodingName());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 300, 3000})
    void whatWasReadBeforeAChangeStaysAsItWas(int fields) {
        fill(hash, fields);
        Bytes field = Bytes.of("field:1");
        Bytes value = hash.get(field);
        HashValue frozen = hash.frozen();
        List<String> before = pairs(hash);

        for (int i = 0; i < fields; i++) {
            hash.set(Bytes.of("field:" + i), Bytes.of("changed"));
        }
        for (int i = 0; i < fields; i += 2) {
            hash.remove(Bytes.of("field:" + i));
        }
        hash.set(Bytes.of("one more"), Bytes.of("v"));

        assertThat(value).isEqualTo(Bytes.of("value:1"));
        assertThat(pairs(frozen)).isEqualTo(before);
        assertThat(frozen.get(field)).isEqualTo(Bytes.of("value:1"));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 300, 3000})
    void aFrozenHashCanBeChangedOnItsOwn(int fields) {
        fill(hash, fields);
        List<String> before = pairs(hash);

        HashValue copy = hash.frozen();
        for (int i = 0; i < fields; i++) {
            copy.remove(Bytes.of("field:" + i));
        }
        copy.set(Bytes.of("f"), Bytes.of("v"));

        assertThat(pairs(copy)).containsExactly("f=v");
        assertThat(pairs(hash)).isEqualTo(before);
    }

    @Test
    void keptBytesAreCopies() {
        byte[] buffer = {'f', 'v'};
        hash.set(Bytes.of(buffer, 0, 1), Bytes.of(buffer, 1, 1));
        buffer[0] = 'x';
        buffer[1] = 'x';
        assertThat(pairs(hash)).containsExactly("f=v");
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
    void aScanVisitsEveryFieldThatIsThereAllTheWhile(long seed) {
        Random random = new Random(seed);
        fill(hash, 1_000);
        Set<String> stays = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            stays.add("field:" + i);
        }
        Set<String> seen = new HashSet<>();
        long cursor = 0;
        do {
            cursor = hash.scan(cursor, 1 + random.nextInt(20), (field, value) -> seen.add(field.toString()));
            for (int i = random.nextInt(30); i > 0; i--) {
                String name = "field:" + random.nextInt(1_500);
                if (random.nextInt(3) == 0) {
                    hash.set(Bytes.of(name), Bytes.of("again"));
                } else {
                    hash.remove(Bytes.of(name));
                    stays.remove(name);
                }
            }
        } while (cursor != 0);
        assertThat(seen).containsAll(stays);
    }

    @Test
    void aScanOfAListpackVisitsItAsAWhole() {
        fill(hash, 500);
        List<Bytes> seen = new ArrayList<>();
        assertThat(hash.scan(0, 1, (field, value) -> seen.add(field))).isZero();
        assertThat(seen).hasSize(500);
    }

    @Test
    void aScanFromBeyondTheEndStartsAtTheEnd() {
        fill(hash, 600);
        List<Bytes> seen = new ArrayList<>();
        assertThat(hash.scan(-1, Long.MAX_VALUE, (field, value) -> seen.add(field)))
                .isZero();
        assertThat(seen).hasSize(600);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 300, 3000})
    void positionsAreThoseOfTheDenseOrder(int fields) {
        fill(hash, fields);
        List<String> seen = new ArrayList<>();
        hash.visit(new int[] {2, 0, 2, fields - 1}, (field, value) -> seen.add(field + "=" + value));
        assertThat(seen)
                .containsExactly(
                        "field:2=value:2",
                        "field:0=value:0",
                        "field:2=value:2",
                        "field:" + (fields - 1) + "=value:" + (fields - 1));
    }

    @Test
    void theSeedDecidesNothingThatCanBeSeen() {
        HashValue other = new HashValue(99);
        Random random = new Random(5);
        for (int i = 0; i < 5_000; i++) {
            Bytes field = Bytes.of("f" + random.nextInt(1_000));
            if (random.nextInt(3) > 0) {
                hash.set(field, field);
                other.set(field, field);
            } else {
                hash.remove(field);
                other.remove(field);
            }
        }
        assertThat(pairs(other)).isEqualTo(pairs(hash));
        assertThat(other.memoryBytes()).isEqualTo(hash.memoryBytes());
    }

    @Test
    void aHashThatWasWrittenAndReadGoesOnAsTheSame() {
        fill(hash, 2_000);
        for (int i = 0; i < 2_000; i += 3) {
            hash.remove(Bytes.of("field:" + i));
        }
        HashValue copy = read(written(hash));
        for (HashValue each : List.of(hash, copy)) {
            each.remove(Bytes.of("field:1"));
            each.set(Bytes.of("new"), Bytes.EMPTY);
            each.remove(Bytes.of("field:500"));
        }
        assertThat(written(copy)).isEqualTo(written(hash));
        assertThat(copy.memoryBytes()).isEqualTo(hash.memoryBytes());
    }

    @Test
    void bytesThatNoHashWroteAreRefused() {
        fill(hash, 3);
        byte[] good = written(hash);
        for (int cut = 0; cut < good.length; cut++) {
            Bytes cutOff = Bytes.of(good, 0, cut);
            assertThatThrownBy(() -> HashValue.readFrom(new ByteReader(cutOff)))
                    .isInstanceOf(CorruptBytesException.class);
        }
        good[0] = 2;
        assertThatThrownBy(() -> read(good)).isInstanceOf(CorruptBytesException.class);

        for (int encoding = 0; encoding < 2; encoding++) {
            ByteWriter out = new ByteWriter(64);
            out.u8(encoding);
            out.i64(0);
            out.varint(2);
            for (int i = 0; i < 2; i++) {
                out.bytes(Bytes.of("twice"));
                out.bytes(Bytes.of("v"));
            }
            assertThatThrownBy(() -> read(out.toArray())).isInstanceOf(CorruptBytesException.class);
        }
    }

    @Test
    void memoryGrowsWithTheContent() {
        long before = hash.memoryBytes();
        fill(hash, 100);
        assertThat(hash.memoryBytes() - before).isBetween(100L * 14, 100L * 30);
        hash.set(Bytes.of("big"), random(new Random(1), 100_000));
        assertThat(hash.memoryBytes()).isGreaterThan(100_000);
        hash.remove(Bytes.of("big"));
        assertThat(hash.memoryBytes()).isLessThan(10_000);
    }

    private static void fill(HashValue hash, int fields) {
        for (int i = 0; i < fields; i++) {
            hash.set(Bytes.of("field:" + i), Bytes.of("value:" + i));
        }
    }

    private static Bytes random(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return Bytes.of(bytes);
    }

    private static List<String> pairs(HashValue hash) {
        List<String> pairs = new ArrayList<>();
        hash.forEach((field, value) -> pairs.add(field + "=" + value));
        return pairs;
    }

    private static List<String> pairs(Model model) {
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < model.fields.size(); i++) {
            pairs.add(model.fields.get(i) + "=" + model.values.get(i));
        }
        return pairs;
    }

    private static byte[] written(HashValue hash) {
        ByteWriter out = new ByteWriter(64);
        hash.writeTo(out);
        return out.toArray();
    }

    private static HashValue read(byte[] bytes) {
        return HashValue.readFrom(new ByteReader(Bytes.of(bytes)));
    }
}
