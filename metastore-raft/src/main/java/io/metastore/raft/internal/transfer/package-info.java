/**
 * Images on their way from one member to another: a sender answers for the images of its member, a receiver hunts for one, piece by piece, from whoever has it.
 * Entry types: {@link io.metastore.raft.internal.transfer.ImageSender}, {@link io.metastore.raft.internal.transfer.ImageFetcher}. What is sent is described on
 * the page wire-format.md.
 *
 * <p>Threads: {@code <member>-image-receiver} while an image is fetched, and {@code <member>-image-reader} beside it; sending is done on
 * threads of the transport. Takes no lock that the engine or the state knows. Must not depend on the node above it, on the engine, on Ratis, RocksDB or gRPC: it is given who the others are and how to reach them.
 */
@NullMarked
package io.metastore.raft.internal.transfer;

import org.jspecify.annotations.NullMarked;
