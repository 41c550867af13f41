// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Against values that the reference implementation (SipHash-1-3, key 0) gives. */
class SipHashTest {
    private static final SipHash ZERO_KEY = new SipHash(0, 0);

    @Test
    void hashesAsTheReferenceDoes() {
        assertThat(hash("")).isEqualTo(0xd1fba762150c532cL);
        assertThat(ZERO_KEY.hash(Bytes.of(new byte[1]))).isEqualTo(0x68a914128e01e473L);
        assertThat(hash("siphash")).isEqualTo(0x8264ceeccb16bcbeL);
        assertThat(hash("digest-sip_hash")).isEqualTo(0xce31007e34130c0aL);
    }

    @Test
    void readsNothingButItsSlice() {
        byte[] around = "xxsiphashyyyyyyyyyy".getBytes(StandardCharsets.ISO_8859_1);

        assertThat(ZERO_KEY.hash(around, 2, 7)).isEqualTo(hash("siphash"));
    }

    @Test
    void anotherSeedIsAnotherHash() {
        assertThat(SipHash.seeded(1).hash(Bytes.of("k")))
                .isNotEqualTo(SipHash.seeded(2).hash(Bytes.of("k")));
        assertThat(SipHash.seeded(1).hash(Bytes.of("k")))
                .isEqualTo(SipHash.seeded(1).hash(Bytes.of("k")));
    }

    private static long hash(String text) {
        return ZERO_KEY.hash(Bytes.of(text));
    }
}
