// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.meridian.server.config.LogFormat;
import io.meridian.server.config.LogLevel;
import io.meridian.server.config.LoggingSettings;

/** The log until a configuration has been read: warnings only; logback finds it as a service. */
public final class QuietStart extends ContextAwareBase implements Configurator {
    @Override
    public ExecutionStatus configure(LoggerContext context) {
        Logs.configure(context, new LoggingSettings(LogLevel.WARN, LogFormat.TEXT), "");
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
