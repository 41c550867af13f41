// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class MachineTest {
    @Test
    void aKernelIsNamedByItsNumberAlone() {
        assertThat(Machine.kernelVersion("6.1.0-28-cloud-amd64")).isEqualTo("6.1.0");
        assertThat(Machine.kernelVersion("5.15.167.4-microsoft-standard-WSL2")).isEqualTo("5.15.167.4");
        assertThat(Machine.kernelVersion("7.0")).isEqualTo("7.0");
        assertThat(Machine.kernelVersion("unknown")).isEqualTo("unknown");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aDescriptionIsOneLine() {
        assertThat(Machine.description()).matches("[1-9][0-9]* cores.*, [0-9]+ GiB, Linux [0-9.]+");
    }
}
