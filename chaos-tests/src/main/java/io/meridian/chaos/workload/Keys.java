// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.workload;

/** The keys that all clients of a workload share. */
record Keys(KeyRing registers, KeyRing counters, KeyRing lists) {
    static Keys of(Workload.Settings settings) {
        return new Keys(
                new KeyRing("register:", settings.keysAtOnce(), settings.usesOfAKey()),
                new KeyRing("counter:", settings.keysAtOnce(), settings.usesOfAKey()),
                new KeyRing("list:", settings.keysAtOnce(), settings.usesOfAKey()));
    }
}
