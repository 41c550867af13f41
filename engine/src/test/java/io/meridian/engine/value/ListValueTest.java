// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.engine.ByteReader;
import io.meridian.engine.ByteWriter;
import io.meridian.engine.Bytes;
import io.meridian.engine.CorruptBytesException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListValueTest {
    private final ListValue list = new ListValue();
    private final List<Bytes> model = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyRunOfChangesAgreesWithTheModel(long seed) {
        Random random = new Random(seed);
        int sizeMax = new int[] {3, 40, 400, 3_000}[(int) seed % 4];
        List<List<Bytes>> olderModels = new ArrayList<>();
        List<ListValue> olderLists = new ArrayList<>();
        for (int i = 0; i < 12_000; i++) {
            change(random, sizeMax);
            assertThat(list.size()).isEqualTo(model.size());
            assertThat(list.isEmpty()).isEqualTo(model.isEmpty());
            if (!model.isEmpty()) {
                int at = random.nextInt(model.size());
                assertThat(list.get(at)).isEqualTo(model.get(at));
            }
            if (i % 300 == 0) {
                list.check();
                assertThat(elements(list)).isEqualTo(model);
                olderModels.add(List.copyOf(model));
                olderLists.add(list.frozen());
            }
        }
        for (int i = 0; i < olderLists.size(); i++) {
            assertThat(elements(olderLists.get(i))).isEqualTo(olderModels.get(i));
        }
    }

    /** 7 bytes of the listpack itself, and a length before and behind each element. */
    @Test
    void aListIsAListpackUpToEightKibibytes() {
        for (int i = 0; i < 7; i++) {
            list.pushLast(Bytes.of("x".repeat(1_020)));
        }
        assertThat(list.encodingName()).isEqualTo("listpack");
        int left = 8_192 - 7 - 7 * (1_020 + 4);
        assertThat(left).isEqualTo(1_017);

        list.pushLast(Bytes.of("x".repeat(left - 4 - 1)));
        assertThat(list.encodingName()).isEqualTo("listpack");
        list.set(7, Bytes.of("x".repeat(left - 4)));
        assertThat(list.encodingName()).isEqualTo("listpack");
        list.set(7, Bytes.of("x".repeat(left - 4 + 1)));
        assertThat(list.encodingName()).isEqualTo("quicklist");
        list.popFirst();
        assertThat(list.encodingName()).isEqualTo("listpack");
    }

    private void change(Random random, int sizeMax) {
        int size = model.size();
        switch (random.nextInt(size >= sizeMax ? 4 : 0, size == 0 ? 4 : 14)) {
            case 0, 1 -> {
                Bytes element = element(random);
                list.pushLast(element);
                model.addLast(element);
            }
            case 2, 3 -> {
                Bytes element = element(random);
                list.pushFirst(element);
                model.addFirst(element);
            }
            case 4 -> assertThat(list.popFirst()).isEqualTo(model.removeFirst());
            case 5 -> assertThat(list.popLast()).isEqualTo(model.removeLast());
            case 6, 7 -> {
                int at = random.nextInt(size);
                Bytes element = element(random);
                list.set(at, element);
                model.set(at, element);
            }
            case 8, 9 -> {
                int at = random.nextInt(size + 1);
                Bytes element = element(random);
                list.insert(at, element);
                model.add(at, element);
            }
            case 10 -> {
                if (random.nextInt(20) == 0) {
                    int from = random.nextInt(size + 1);
                    int to = random.nextInt(from, size + 1);
                    list.trim(from, to);
                    List<Bytes> kept = List.copyOf(model.subList(from, to));
                    model.clear();
                    model.addAll(kept);
                } else {
                    int to = Math.min(size, size - 1 + random.nextInt(2));
                    list.trim(0, to);
                    model.subList(to, size).clear();
                }
            }
            case 11 -> {
                Bytes element = model.get(random.nextInt(size));
                int limit = 1 + random.nextInt(3);
                boolean fromLast = random.nextBoolean();
                assertThat(list.removeEqual(element, limit, fromLast)).isEqualTo(remove(element, limit, fromLast));
            }
            case 12 -> search(random);
            default -> {
                int from = random.nextInt(size + 1);
                int to = random.nextInt(from, size + 1);
                List<Bytes> seen = new ArrayList<>();
                list.forEach(from, to, seen::add);
                assertThat(seen).isEqualTo(model.subList(from, to));
            }
        }
    }

    private long remove(Bytes element, int limit, boolean fromLast) {
        int removed = 0;
        for (; removed < limit; removed++) {
            int at = fromLast ? model.lastIndexOf(element) : model.indexOf(element);
            if (at < 0) {
                break;
            }
            model.remove(at);
        }
        return removed;
    }

    private void search(Random random) {
        Bytes element = model.get(random.nextInt(model.size()));
        int rank = 1 + random.nextInt(3);
        int limit = 1 + random.nextInt(5);
        int compared = 1 + random.nextInt(2 * model.size());
        boolean fromLast = random.nextBoolean();

        List<Long> expected = new ArrayList<>();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < model.size(); i++) {
            order.add(i);
        }
        if (fromLast) {
            Collections.reverse(order);
        }
        int matches = 0;
        for (int index : order.subList(0, Math.min(compared, order.size()))) {
            if (model.get(index).equals(element) && ++matches >= rank && expected.size() < limit) {
                expected.add((long) index);
            }
        }
        List<Long> found = new ArrayList<>();
        list.search(element, fromLast ? -rank : rank, limit, compared, found::add);
        assertThat(found).isEqualTo(expected);
        assertThat(list.indexOf(element)).isEqualTo(model.indexOf(element));
    }

    private static Bytes element(Random random) {
        int kind = random.nextInt(100);
        if (kind < 60) {
            return Bytes.of("e" + random.nextInt(50));
        }
        int length = kind < 90 ? random.nextInt(300) : kind < 99 ? random.nextInt(3_000) : random.nextInt(20_000);
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return Bytes.of(bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 126, 127, 128, 129, 16_380, 16_383, 16_384, 16_385, 2_097_151, 2_097_152})
    void elementsOfAnyLengthAreWalkedBothWays(int length) {
        Bytes element = Bytes.of("x".repeat(length));
        for (int i = 0; i < 3; i++) {
            list.pushLast(Bytes.of("before"));
            list.pushLast(element);
        }
        list.check();
        assertThat(list.get(5)).isEqualTo(element);
        assertThat(list.get(1)).isEqualTo(element);
        assertThat(list.popLast()).isEqualTo(element);
        assertThat(list.popFirst()).isEqualTo(Bytes.of("before"));
        assertThat(list.popFirst()).isEqualTo(element);
    }

    @Test
    void chunksAreFilledUpToTheirLimit() {
        // An element of 30 bytes takes 32, so that a chunk is full with 128.
        Bytes element = Bytes.of("x".repeat(30));
        for (int i = 0; i < 128 * 3 + 1; i++) {
            list.pushLast(element);
            list.check();
        }
        list.insert(130, element);
        list.check();
        assertThat(list.size()).isEqualTo(128 * 3 + 2);
    }

    @Test
    void aQueueKeepsNoMoreThanItHolds() {
        for (int i = 0; i < 100_000; i++) {
            list.pushLast(Bytes.of("element:" + i));
            if (i >= 10) {
                assertThat(list.popFirst()).isEqualTo(Bytes.of("element:" + (i - 10)));
            }
        }
        list.check();
        assertThat(list.size()).isEqualTo(10);
        assertThat(list.memoryBytes()).isLessThan(1_000);
    }

    @Test
    void aListThatIsTrimmedAfterEachPushStaysInFewChunks() {
        for (int i = 0; i < 10_000; i++) {
            list.pushFirst(Bytes.of("element:" + i));
            list.trim(0, Math.min(list.size(), 100));
        }
        list.check();
        assertThat(list.chunks()).isLessThanOrEqualTo(3);
        assertThat(list.get(99)).isEqualTo(Bytes.of("element:9900"));
    }

    @Test
    void aStackThatBreathesStaysInFewChunks() {
        for (int i = 0; i < 3_000; i++) {
            list.pushLast(Bytes.of("element:" + i));
            list.pushLast(Bytes.of("element:" + i));
            list.popLast();
        }
        list.check();
        // Some 13 bytes an element: as many as fit, but for what a chunk left behind may lack.
        assertThat(list.chunks()).isLessThanOrEqualTo(3_000 * 16 / 512);
    }

    @Test
    void aRotatingListKeepsItsElements() {
        for (int i = 0; i < 50; i++) {
            list.pushLast(Bytes.of("element:" + i));
        }
        for (int i = 0; i < 5_000; i++) {
            list.pushFirst(list.popLast());
        }
        list.check();
        assertThat(list.size()).isEqualTo(50);
        assertThat(list.get(0)).isEqualTo(Bytes.of("element:0"));
    }

    @Test
    void whatWasPoppedOrReadStaysAsItWas() {
        list.pushLast(Bytes.of("a"));
        list.pushLast(Bytes.of("b"));
        Bytes read = list.get(0);
        Bytes popped = list.popLast();
        ListValue frozen = list.frozen();

        for (int i = 0; i < 1_000; i++) {
            list.pushLast(Bytes.of("x"));
            list.pushFirst(Bytes.of("y"));
        }
        frozen.pushLast(Bytes.of("mine"));

        assertThat(read).isEqualTo(Bytes.of("a"));
        assertThat(popped).isEqualTo(Bytes.of("b"));
        assertThat(elements(frozen)).containsExactly(Bytes.of("a"), Bytes.of("mine"));
        assertThat(list.get(1_001)).isEqualTo(Bytes.of("x"));
    }

    @Test
    void aListIsWrittenByItsContentAlone() {
        ListValue pushed = new ListValue();
        for (int i = 0; i < 2_000; i++) {
            pushed.pushLast(Bytes.of("e" + i));
        }
        for (int i = 1_999; i >= 0; i--) {
            list.pushFirst(Bytes.of("e" + i));
        }
        assertThat(written(list)).isEqualTo(written(pushed));
        ListValue copy = ListValue.readFrom(new ByteReader(Bytes.of(written(list))));
        copy.check();
        assertThat(elements(copy)).isEqualTo(elements(list));
        assertThat(copy.memoryBytes()).isEqualTo(list.memoryBytes());
        byte[] bytes = written(new ListValue());
        assertThat(ListValue.readFrom(new ByteReader(Bytes.of(bytes))).isEmpty())
                .isTrue();
    }

    @Test
    void bytesThatEndEarlyAreRefused() {
        list.pushLast(Bytes.of("abc"));
        list.pushLast(Bytes.of("d"));
        byte[] good = written(list);
        for (int cut = 0; cut < good.length; cut++) {
            Bytes cutOff = Bytes.of(good, 0, cut);
            assertThatThrownBy(() -> ListValue.readFrom(new ByteReader(cutOff)))
                    .isInstanceOf(CorruptBytesException.class);
        }
    }

    @Test
    void anIndexBeyondTheEndIsRefused() {
        list.pushLast(Bytes.of("a"));
        assertThatThrownBy(() -> list.get(1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> list.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        list.popFirst();
        assertThatThrownBy(list::popFirst).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(list::popLast).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void removingFromEveryChunkLeavesTheRest() {
        for (int i = 0; i < 10_000; i++) {
            list.pushLast(Bytes.of(i % 5 == 0 ? "keep:" + i : "goes"));
        }
        assertThat(list.removeEqual(Bytes.of("goes"), Long.MAX_VALUE, false)).isEqualTo(8_000);
        list.check();
        assertThat(list.size()).isEqualTo(2_000);
        assertThat(list.get(1_999)).isEqualTo(Bytes.of("keep:9995"));
        assertThat(list.chunks()).isLessThan(20);
        assertThat(list.removeEqual(Bytes.of("goes"), 1, true)).isZero();
    }

    private static List<Bytes> elements(ListValue list) {
        List<Bytes> elements = new ArrayList<>();
        list.forEach(0, list.size(), elements::add);
        return elements;
    }

    private static byte[] written(ListValue list) {
        ByteWriter out = new ByteWriter(64);
        list.writeTo(out);
        return out.toArray();
    }
}
