package io.metastore.recovery.inspect;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a journal is.
 *
 * @param store it belongs to; empty when the directory does not say
 * @param epoch number of its epoch; 0 when the directory does not say
 * @param live whether it is the one that its member uses
 * @param epochDirectory with the state and the images beside it; empty when there is none around it
 * @param directory with its files
 */
public record JournalPlace(String store, long epoch, boolean live, Optional<Path> epochDirectory, Path directory) {}
