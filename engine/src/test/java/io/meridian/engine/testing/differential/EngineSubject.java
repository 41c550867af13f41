// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.testing.differential;

import io.meridian.engine.Bytes;
import io.meridian.engine.testing.RedisCli;
import java.util.ArrayList;
import java.util.List;

/** The engine in this process, its clock the wall clock, its replies as a frontend would write them. */
public final class EngineSubject implements Subject {
    private final RedisCli cli = new RedisCli(System.currentTimeMillis());
    private final int protocol;

    public EngineSubject(int protocol) {
        this.protocol = protocol;
    }

    @Override
    public String name() {
        return "engine";
    }

    @Override
    public List<RespValue> send(List<List<Bytes>> commands) {
        cli.nowIs(System.currentTimeMillis());
        cli.removeEnded();
        List<RespValue> replies = new ArrayList<>(commands.size());
        for (List<Bytes> command : commands) {
            replies.add(RespValue.of(cli.reply(command), protocol));
        }
        return replies;
    }

    @Override
    public void close() {}
}
