package io.metastore.raft.internal.transfer;

import io.metastore.raft.internal.transfer.SenderTroubleException.Kind;
import io.metastore.raft.internal.transport.Method;
import io.metastore.snapshot.files.Membership;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The members an image can be fetched from: what each offers, and what was wrong with each. Used by one thread. */
final class Senders {

    /** An image that a member has. */
    record Offer(Membership.Member sender, OfferedImage image) {}

    /** How often in a row a member may be of no help until others are asked first. */
    private static final int PATIENCE = 3;

    private final FetchTools tools;
    private final Supplier<List<Membership.Member>> others;
    private final Supplier<@Nullable String> leader;
    private final long indexMin;

    private final Map<String, String> wrong = new LinkedHashMap<>();
    private final Map<String, Integer> corrupt = new HashMap<>();
    private final Map<String, Integer> unhelpful = new HashMap<>();
    private final Set<String> silent = new HashSet<>();

    /** @param indexMin an image must reach this far at least */
    Senders(
            FetchTools tools,
            Supplier<List<Membership.Member>> others,
            Supplier<@Nullable String> leader,
            long indexMin) {
        this.tools = tools;
        this.others = others;
        this.leader = leader;
        this.indexMin = indexMin;
    }

    /** Asks all at once. Images that do not reach far enough are left out, and members that sent something wrong too often. */
    List<Offer> offers() throws InterruptedException {
        List<ImageCalls.Asked> asked = new ArrayList<>();
        for (Membership.Member other : others.get()) {
            if (!isGivenUp(other)) {
                ImageRequest request = ImageRequest.list(tools.self());
                asked.add(tools.calls()
                        .ask(other, Method.IMAGE_LIST, request, tools.settings().listTimeout()));
            }
        }
        silent.clear();
        List<Offer> offers = new ArrayList<>();
        for (ImageCalls.Asked question : asked) {
            offers.addAll(offers(question));
        }
        return offers;
    }

    private List<Offer> offers(ImageCalls.Asked question) throws InterruptedException {
        Membership.Member sender = question.sender();
        List<OfferedImage> images;
        try {
            images = OfferedImage.decode(tools.calls().await(question));
        } catch (SenderTroubleException e) {
            if (e.mayPass() || e.kind() == Kind.UNREACHABLE) {
                silent.add(sender.name());
            }
            trouble(sender, e);
            return List.of();
        } catch (IllegalArgumentException e) {
            trouble(sender, new SenderTroubleException(Kind.CORRUPT, String.valueOf(e.getMessage()), e));
            return List.of();
        }
        List<Offer> enough = images.stream()
                .filter(image -> image.index() >= indexMin)
                .map(image -> new Offer(sender, image))
                .toList();
        if (enough.isEmpty()) {
            wrong.put(
                    sender.name(),
                    "has no image that reaches far enough: newest="
                            + images.stream()
                                    .mapToLong(OfferedImage::index)
                                    .max()
                                    .orElse(-1));
        }
        return enough;
    }

    /** As {@link #offers()}, of one member, which makes a newer image first when its newest is old. */
    List<Offer> renewed(Membership.Member other) throws InterruptedException {
        ImageRequest request = ImageRequest.list(tools.self());
        return offers(tools.calls()
                .ask(other, Method.IMAGE_RENEW, request, tools.settings().callTimeout()));
    }

    /**
     * The best of them: first what is half here already, then the newest, then from a member that does not lead, because the leader has other things to do.
     * Who was of no help several times in a row comes after the others in any case.
     *
     * @param begun digest of what is half here; null when nothing is
     */
    Optional<Offer> best(List<Offer> offers, @Nullable String begun) {
        String leads = leader.get();
        Comparator<Offer> order = Comparator.<Offer>comparingInt(offer -> unhelpful(offer.sender()) / PATIENCE)
                .thenComparing(offer -> !offer.image().digest().equals(begun))
                .thenComparing(offer -> -offer.image().index())
                .thenComparing(offer -> offer.sender().name().equals(leads))
                .thenComparing(offer -> unhelpful(offer.sender()));
        return offers.stream().min(order);
    }

    /** Whether somebody who may offer more did not answer the last time. */
    boolean isAnybodySilent() {
        return !silent.isEmpty();
    }

    void helped(Membership.Member sender) {
        unhelpful.remove(sender.name());
    }

    /** Remembers what was wrong with a member. */
    void trouble(Membership.Member sender, SenderTroubleException trouble) {
        unhelpful.merge(sender.name(), 1, Integer::sum);
        wrong.put(sender.name(), String.valueOf(trouble.getMessage()));
        if (trouble.kind() == Kind.CORRUPT) {
            corrupt.merge(sender.name(), 1, Integer::sum);
        }
    }

    /** Does not ask a member again: what it offers can never be used here. */
    void giveUp(Membership.Member sender, String why) {
        corrupt.put(sender.name(), tools.settings().corruptMax());
        wrong.put(sender.name(), why);
    }

    private boolean isGivenUp(Membership.Member sender) {
        return corrupt.getOrDefault(sender.name(), 0) >= tools.settings().corruptMax();
    }

    boolean isEverybodyGivenUp() {
        return others.get().stream().allMatch(this::isGivenUp);
    }

    private int unhelpful(Membership.Member sender) {
        return unhelpful.getOrDefault(sender.name(), 0);
    }

    /** What was wrong with each, the last thing. */
    String wrong() {
        StringBuilder text = new StringBuilder();
        for (Membership.Member other : others.get()) {
            text.append(text.isEmpty() ? "" : " | ")
                    .append(other.name())
                    .append(isGivenUp(other) ? " (not asked again): " : ": ")
                    .append(wrong.getOrDefault(other.name(), "nothing"));
        }
        return text.toString();
    }
}
