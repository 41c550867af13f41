// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import static io.meridian.proto.RaftMessageKind.*;

import com.alipay.sofa.jraft.rpc.RpcRequests;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.meridian.proto.RaftLane;
import io.meridian.proto.RaftMessageKind;
import io.meridian.proto.TermRequest;
import io.meridian.proto.TermResponse;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** The table of JRaft's messages and ours: which number each has on the wire, and which lane it takes. */
final class RaftMessages {
    private static final Map<RaftMessageKind, Message> PROTOTYPES = prototypes();
    private static final Map<Class<?>, RaftMessageKind> KINDS = kinds();

    private RaftMessages() {}

    /** The message's number on the wire; an IllegalArgumentException if this transport does not carry it. */
    static RaftMessageKind kindOf(Object message) {
        RaftMessageKind kind = KINDS.get(message.getClass());
        if (kind == null) {
            throw new IllegalArgumentException(
                    "not a Raft message that travels: " + message.getClass().getName());
        }
        return kind;
    }

    static RaftLane laneOf(RaftMessageKind kind, Message request) {
        return switch (kind) {
            case APPEND_ENTRIES_REQUEST ->
                isHeartbeat((RpcRequests.AppendEntriesRequest) request)
                        ? RaftLane.RAFT_LANE_CONTROL
                        : RaftLane.RAFT_LANE_ENTRIES;
            case INSTALL_SNAPSHOT_REQUEST, GET_FILE_REQUEST -> RaftLane.RAFT_LANE_BULK;
            default -> RaftLane.RAFT_LANE_CONTROL;
        };
    }

    /** A probe has no entries either, but an empty data field; JRaft tells them apart the same way. */
    private static boolean isHeartbeat(RpcRequests.AppendEntriesRequest request) {
        return request.getEntriesCount() == 0 && !request.hasData();
    }

    /** Parses without copying: entries keep pointing into {@code bytes}. */
    static Message parse(RaftMessageKind kind, ByteString bytes) throws InvalidProtocolBufferException {
        Message prototype = PROTOTYPES.get(kind);
        if (prototype == null) {
            throw new InvalidProtocolBufferException("unknown Raft message kind " + kind);
        }
        CodedInputStream input = bytes.newCodedInput();
        input.enableAliasing(true);
        Message message = prototype.getParserForType().parseFrom(input);
        input.checkLastTagWas(0);
        return message;
    }

    private static Map<RaftMessageKind, Message> prototypes() {
        Map<RaftMessageKind, Message> table = new EnumMap<>(RaftMessageKind.class);
        table.put(ERROR_RESPONSE, RpcRequests.ErrorResponse.getDefaultInstance());
        table.put(PING_REQUEST, RpcRequests.PingRequest.getDefaultInstance());
        table.put(REQUEST_VOTE_REQUEST, RpcRequests.RequestVoteRequest.getDefaultInstance());
        table.put(REQUEST_VOTE_RESPONSE, RpcRequests.RequestVoteResponse.getDefaultInstance());
        table.put(APPEND_ENTRIES_REQUEST, RpcRequests.AppendEntriesRequest.getDefaultInstance());
        table.put(APPEND_ENTRIES_RESPONSE, RpcRequests.AppendEntriesResponse.getDefaultInstance());
        table.put(INSTALL_SNAPSHOT_REQUEST, RpcRequests.InstallSnapshotRequest.getDefaultInstance());
        table.put(INSTALL_SNAPSHOT_RESPONSE, RpcRequests.InstallSnapshotResponse.getDefaultInstance());
        table.put(GET_FILE_REQUEST, RpcRequests.GetFileRequest.getDefaultInstance());
        table.put(GET_FILE_RESPONSE, RpcRequests.GetFileResponse.getDefaultInstance());
        table.put(TIMEOUT_NOW_REQUEST, RpcRequests.TimeoutNowRequest.getDefaultInstance());
        table.put(TIMEOUT_NOW_RESPONSE, RpcRequests.TimeoutNowResponse.getDefaultInstance());
        table.put(READ_INDEX_REQUEST, RpcRequests.ReadIndexRequest.getDefaultInstance());
        table.put(READ_INDEX_RESPONSE, RpcRequests.ReadIndexResponse.getDefaultInstance());
        table.put(TERM_REQUEST, TermRequest.getDefaultInstance());
        table.put(TERM_RESPONSE, TermResponse.getDefaultInstance());
        return table;
    }

    private static Map<Class<?>, RaftMessageKind> kinds() {
        Map<Class<?>, RaftMessageKind> table = new HashMap<>();
        PROTOTYPES.forEach((kind, prototype) -> table.put(prototype.getClass(), kind));
        return Map.copyOf(table);
    }
}
