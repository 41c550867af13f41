// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

/** What is measured. */
enum Peer {
    MERIDIAN("Meridian"),
    REDIS_EVERYSEC("Redis everysec"),
    REDIS_ALWAYS("Redis always"),
    ETCD("etcd");

    private final String title;

    Peer(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
