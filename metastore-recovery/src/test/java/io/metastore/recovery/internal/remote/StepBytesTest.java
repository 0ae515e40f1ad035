package io.metastore.recovery.internal.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.LogPosition;
import io.metastore.api.MetastoreException;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.api.UnavailableException;
import io.metastore.recovery.internal.remote.MemberLook.Other;
import io.metastore.recovery.internal.reset.MemberJournal;
import io.metastore.recovery.internal.reset.Sealing;
import io.metastore.recovery.survey.Depth;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What members and recoveries say to each other is read as it was written, or refused. */
class StepBytesTest {

    private static <T> void roundTrip(T value, Function<T, byte[]> encode, Function<byte[], T> decode) {
        byte[] bytes = encode.apply(value);
        assertThat(decode.apply(bytes)).isEqualTo(value);
        for (int at = 0; at < bytes.length; at++) {
            byte[] changed = bytes.clone();
            changed[at] ^= 1;
            int place = at;
            assertThatThrownBy(() -> decode.apply(changed))
                    .as("byte %d of %s", place, value)
                    .isInstanceOf(MetastoreException.class);
        }
    }

    @Test
    void requestsAreReadAsTheyWereWritten() {
        roundTrip(StepRequest.look(), StepRequest::encode, StepRequest::decode);
        for (StepRequest.Kind kind : StepRequest.Kind.values()) {
            roundTrip(
                    new StepRequest(
                            kind,
                            new UUID(1, 2),
                            new Sealing.Promise(
                                    new UUID(3, 4),
                                    new UUID(5, 6),
                                    7,
                                    8,
                                    kind == StepRequest.Kind.SEAL ? Optional.of("10.0.0.1:9010") : Optional.empty()),
                            new LogPosition(9, 10)),
                    StepRequest::encode,
                    StepRequest::decode);
        }
    }

    @Test
    void requestsForJournalsAreReadAsTheyWereWritten() throws Exception {
        for (FetchRequest request : List.of(
                FetchRequest.offer(2, 7, -1),
                FetchRequest.offer(2, 0, 30),
                FetchRequest.checksum(1, "log_0-7", 1L << 40),
                FetchRequest.bytes(1, "image.3/CURRENT", 5, 6))) {
            roundTrip(request, FetchRequest::encode, FetchRequest::decode);
            assertThat(FetchRequest.isOne(request.encode())).isTrue();
        }
        assertThat(FetchRequest.isOne(StepRequest.look().encode())).isFalse();
        MemberJournal.Offer offer = new MemberJournal.Offer(
                new LogPosition(3, 4),
                List.of(new MemberJournal.File("log_5-6", 7), new MemberJournal.File("log_inprogress_7", 8)),
                List.of(new MemberJournal.File("image.4/MANIFEST", 9)));
        assertThat(FetchAnswer.offer(FetchAnswer.content(FetchAnswer.of(offer))))
                .isEqualTo(offer);
        for (String name : List.of("../x", "image.4/../x", "x")) {
            MemberJournal.Offer evil =
                    new MemberJournal.Offer(LogPosition.NONE, List.of(new MemberJournal.File(name, 1)), List.of());
            byte[] content = FetchAnswer.content(FetchAnswer.of(evil));
            assertThatThrownBy(() -> FetchAnswer.offer(content)).as(name).isInstanceOf(MetastoreException.class);
        }
    }

    @Test
    void answersAreReadAsTheyWereWritten() {
        Stream.of(
                        StepAnswer.RUNNING,
                        StepAnswer.DONE,
                        StepAnswer.busy(new UnavailableException("größer, 50 %\n")),
                        StepAnswer.failed(new IllegalStateException("x")),
                        StepAnswer.refused(new RecoveryRefusedException(Reason.CHANGED_SINCE, "last=1")))
                .forEach(answer -> roundTrip(answer, StepAnswer::encode, StepAnswer::decode));
        for (Reason reason : Reason.values()) {
            RecoveryRefusedException told = StepAnswer.decode(
                            StepAnswer.refused(new RecoveryRefusedException(reason, "why"))
                                    .encode())
                    .refusal();
            assertThat(told.reason()).isEqualTo(reason);
            assertThat(told).hasMessage("why");
        }
        RecoveryRefusedException unknown =
                new StepAnswer(StepAnswer.Outcome.REFUSED, "OF_A_LATER_BUILD", "why").refusal();
        assertThat(unknown.reason()).isEqualTo(Reason.MEMBER_ANSWERS);
        assertThat(unknown).hasMessage("OF_A_LATER_BUILD: why");
    }

    @Test
    void looksAreReadAsTheyWereWritten() {
        roundTrip(
                new MemberLook(
                        "fe1@" + new UUID(1, 2),
                        new UUID(3, 4),
                        2,
                        5,
                        true,
                        Optional.of(new UUID(5, 6)),
                        Optional.of("fe2"),
                        List.of(new Other("fe2", "01234567", false, "fe2:1"), new Other("fe3", "", true, "[::1]:2"))),
                MemberLook::encode,
                MemberLook::decode);
        roundTrip(
                new MemberLook("a", new UUID(3, 4), 1, 2, false, Optional.empty(), Optional.empty(), List.of()),
                MemberLook::encode,
                MemberLook::decode);
    }

    @Test
    void questionsOfOtherBuildsAreRefused() {
        for (Depth depth : Depth.values()) {
            assertThat(SurveyQuestion.decode(SurveyQuestion.encode(depth))).isEqualTo(depth);
        }
        for (String text :
                List.of("", "metastore-survey 1 ", "metastore-survey 2 QUICK", "metastore-survey 1 QUICK ")) {
            assertThatThrownBy(() -> SurveyQuestion.decode(text.getBytes(StandardCharsets.UTF_8)))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
