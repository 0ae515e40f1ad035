/*
 * The protocol of a recovery: seal, reset, the old majority that returns, the wiped voter, two survivors that are recovered apart; and taking a recovery back, before
 * its epoch is live or after; voters that change in either epoch, observers, and members that come back into the new one.
 *
 * What is checked are the predicates under "What must hold"; each is a claim about every behaviour within a scope. "Is caught" are the same claims with one
 * mistake switched on, each of which must have a counterexample; "Is possible" shows that the claims are not about nothing. RecoveryModelTest runs all of them;
 * the commands called Larger... with -Dmodel.scope=larger only. In the Alloy Analyzer they can be run one by one.
 *
 * As in the code
 *   - a member is a name in one incarnation; an emptied directory comes back with another one, which no epoch counts among its voters
 *   - an epoch is a Raft group, made from its number: two that were made apart from one epoch have one number, and so one group
 *   - a message is handled by whom it is addressed to, if that is of the same group
 *   - terms, elections by a majority with the log at least as fresh, an entry of its own by each leader, entries that are cut off by those of a later leader
 *   - seals, one per directory, durable, for one epoch; a directory that is sealed by another recovery is refused; the target is sealed last
 *   - the next epoch is built beside the live one, in parts, and made the live one by one step; between any two steps everything may stop for good
 *   - a recovery takes the freshest of its copies whole, with a term not below any that was seen; its verdict is that of VerdictRule; all of that is settled when its
 *     target is sealed, from then on nobody looks at the other copies again
 *   - it is taken back at the target first: what was built is given up, or the epoch before is made the live one again as long as the new one has no write, with the
 *     journal and the term it had; then seals are lifted one by one, the target's first. Its number and its plan are not used again
 *   - the voters change in two entries: one names those before and those after, of both of which a majority decides from then on; one, once that is committed,
 *     those after alone. A leader that is elected in between writes the second at once. There is one change by one vote in each epoch
 *   - an observer is sent all that a voter is, its answers count for nothing, and a recovery may go on with it; the memberships that a verdict goes by are all
 *     in the log that goes on
 *   - who comes back into the new epoch does so with nothing, in another incarnation, without a vote, and is given one by a change of that epoch
 *
 * Left out
 *   - damaged copies, backups, cut tails: DamagedMajorityTest, RecoveryPlanTest
 *   - members left behind that hear of the new epoch: from then on they do nothing in the old one, as one that never acts again does here; RejoinTest
 *   - several seals are written one after the other, in any order, but never forgotten; what enters an epoch before it is taken back
 *   - loss of messages is their not being delivered; their order is any, and an append may come long after it was sent, when its sender is sealed or gone.
 *     Votes are asked for, given and counted in one step
 *   - an append brings the whole log up to an entry, as several do one after the other; followers that stop half way are in RaftModel
 *   - what is known to be committed, by which copies are compared first: it matters below a proof only
 *   - files and bytes: DirectoryResetTest, ResetFaultTest
 */
module recovery

open util/ordering[Term] as terms
open util/ordering[Number] as numbers
open util/ordering[Entry] as ages

/** Mistakes. None of them is there unless a command says so. */
abstract sig Bug {}
lone sig
  SameGroup, // the next epoch goes on in the Raft group of the old one
  NamesVote, // a voter is a name, whatever has become of its directory
  CurrentTermFirst, // of several copies the one with the highest current term is the freshest
  SealForgotten, // a seal is not durable
  HalfRoundedDown, // more than half is counted in integers
  SwapTooEarly, // CURRENT is moved before the epoch is complete
  EpochsByNumber, // copies of two epochs with one number are compared as if of one
  LiftedTooEarly, // seals of others are lifted while the target may still go on
  UsedTakenBack, // an epoch is taken back whatever was written in it
  TargetUnnamed, // the plan, and so the id of its recovery, does not say which copy goes on
  ObserversAnswer, // what an observer confirms counts for a majority
  ObserversSurveyed, // a surveyed observer counts as a voter that is there
  LastMembership, // the newest membership in the log that goes on is taken for the only one that can be in force
  OldLogKept // who comes back into a new epoch keeps its journal and its term
  extends Bug {}

/** Whether recoveries are taken back at all. */
lone sig Returning {}

/** Whether memberships change at all, in each epoch once, and members come back into an epoch that was recovered without them. */
lone sig Changing {}

sig Name {}
sig Term {}
sig Number {}
enum Part { Journal, Records }

/** A directory in one incarnation. */
abstract sig Member {
  name: one Name,
  var epoch: lone Epoch, // CURRENT; none: empty, or gone
  var tip: lone Entry, // last of the journal of that epoch
  var term: one Term, // current, forced with the vote
  var follows: lone Term, // of the leader that was last confirmed to
  var seal: lone Epoch // by the recovery that makes this one: no part in the epoch before it
}
sig Voter extends Member {} // of the first epoch
sig Observer extends Member {} // of the first epoch, where it has no vote before it is given one
sig Spare extends Member {} // what an emptied directory becomes

/** An epoch, and the recovery that makes it. */
sig Epoch {
  number: one Number,
  old: lone Epoch,
  target: lone Member, // the only voter
  base: lone Entry, // last that is taken over
  surveyed: set Member,
  termMin: one Term,
  termBefore: one Term, // of the target, in the epoch before
  joins: lone Member, // who is given a vote by the change in this epoch
  leaves: lone Member, // or whose vote is taken
  var parts: set Part // that are written
}
one sig First extends Epoch {}
sig Proven in Epoch {} // by its verdict nothing is lost
var sig Over in Epoch {} // taken back, or being taken back

/** An entry and, with all it goes back to, a log. Also the message that brings it. */
sig Entry {
  onto: lone Entry,
  of: one Epoch,
  at: one Term,
  by: one Member
}
sig Write in Entry {} // of the application; the others are a leader's own
sig Joint in Entry {} // names the voters before and after the change of its epoch
sig Ended in Entry {} // names those after it
var sig Made in Entry {}
var sig Acked in Entry {}

/** What happens, one at a time, and to whom. */
enum Event { Election, Command, Alteration, Delivery, Sealing, Building, Publication, Wiping, Admission, Forgetting, Lifting, TakingBack, Idle }
var one sig Now in Event {}
var lone sig Actor in Member {}
var sig Party in Member {}
var lone sig Message in Entry {}
var lone sig Plan in Epoch {}

fact Beginning {
  First.number = numbers/first and First.termMin = terms/first and First.termBefore = terms/first
  no First.old and no First.target and no First.base and no First.surveyed and First not in Proven
  all n: Name | one name.n & (Voter + Observer) and lone name.n & Spare
  all r: Epoch - First | one r.old and one r.target and r.target in r.surveyed and r.number = r.old.number.next
  all x: Entry | x.onto in ages/prevs[x]
  no Joint & Ended and no Write & (Joint + Ended)
  no Changing implies no Joint + Ended and no joins and no leaves and no Observer
  all e: Epoch | lone e.joins + e.leaves and e.leaves in initial[e] and no e.joins & initial[e] and some after_[e]
  epoch = (Voter + Observer) -> First
  term = Member -> terms/first
  no tip and no follows and no seal and no parts and no Made and no Acked and no Over
}

fact Behaviour {
  always (election or command or alteration or delivery or sealing or building or publication or wiping or admission or forgetting or lifting or takingBack or idle)
  always Acked' = Acked + { x: Entry | after committable[x] } // As soon as it may be; a leader that waits risks less.
  always (Now not in Lifting + TakingBack implies Over' = Over)
  always (Now = Idle implies after Now = Idle)
  eventually Now = Idle
}

// Who is who

fun sealed: set Member { { m: Member | some m.seal and m.seal.old.number = m.epoch.number } }
fun participants: set Member { epoch.Epoch - sealed }
fun group[e: Epoch]: set Epoch { some SameGroup implies Epoch else number.(e.number) }
fun voters[e: Epoch]: set Member {
  let v = e = First implies Voter else e.target | some NamesVote implies v.name.~name else v
}
fun initial[e: Epoch]: set Member { e = First implies Voter else e.target }
fun after_[e: Epoch]: set Member { initial[e] + e.joins - e.leaves }
/** Who may vote for a leader of an epoch; whose votes count its log says. */
fun electors[e: Epoch]: set Member {
  (no Changing implies voters[e] else initial[e] + e.joins) & participants & epoch.(group[e])
}
/** Whom a leader sends its entries to: with observers, and with those whose vote was taken. */
fun hearers[e: Epoch]: set Member {
  (no Changing implies voters[e] else Member) & participants & epoch.(group[e])
}
fun holders[x: Entry]: set Member { tip.(*onto.x) }
fun log[x: Entry]: set Entry { x.*onto }

/** Of those that the newest membership names which an epoch has in a log. */
pred majority[some_: set Member, e: Epoch, last: lone Entry] {
  some Changing implies (let l = log[last] & of.e {
    no l & Ended implies moreThanHalf[some_, initial[e]]
    some l & (Joint + Ended) implies moreThanHalf[some_, after_[e]]
  })
  else e != First implies e.target in some_
  else no NamesVote implies #(some_ & Voter) > #(Voter - some_)
  else #(some_.name) > #(Name - some_.name)
}
pred moreThanHalf[some_, of_: set Member] {
  some ObserversAnswer implies #some_ > #(of_ - some_) else #(some_ & of_) > #(of_ - some_)
}
/** By term, then index, of the last entry. Within one term entries are as old as their index is low. */
fun fresher: Entry -> Entry { { a, b: Entry | terms/gt[a.at, b.at] or (a.at = b.at and b in ages/prevs[a]) } }
pred freshest[mine: lone Entry, theirs: set Entry] { no theirs & fresher.mine and (no mine implies no theirs) }

/** Its leader, still in office, finds it on a majority of those that have confirmed to it. */
pred committable[x: Entry] {
  x in Made
  x.by in participants & epoch.(x.of) & term.(x.at) & holders[x]
  majority[(no Changing implies voters[x.of] else Member) & epoch.(group[x.of]) & follows.(x.at) & holders[x], x.of, x.by.tip]
}
pred leads[m: Member] {
  m in participants
  some x: Made & log[m.tip] | x.by = m and x.of = m.epoch and x.at = m.term
}

// What happens

pred unchanged { epoch' = epoch and seal' = seal and parts' = parts }

/** Made by the actor: the next in its log. */
pred appended[t: Term] {
  one Message and Message = ages/min[Entry - Made]
  Message.onto = Actor.tip and Message.of = Actor.epoch and Message.at = t and Message.by = Actor
  Made' = Made + Message
  tip' = tip ++ Actor -> Message
}

/** The actor stands, the party, it among them, votes for it. Fewer than a majority have a later term from it and nothing else. */
pred election {
  Now = Election and one Actor and no Plan
  Actor in Party and Party in electors[Actor.epoch]
  some Changing implies Actor in (some log[Actor.tip] & of.(Actor.epoch) & (Joint + Ended) implies after_[Actor.epoch] else initial[Actor.epoch])
  freshest[Actor.tip, Party.tip]
  some t: Term {
    no Party.term & (t + terms/nexts[t])
    term' = term ++ Party -> t
    majority[Party, Actor.epoch, Actor.tip]
      implies appended[t] and Message not in Write + Joint and follows' = follows ++ Actor -> t
        and (Message in Ended iff some log[Actor.tip] & of.(Actor.epoch) & Joint)
      else no Message and Made' = Made and tip' = tip and follows' = follows
  }
  unchanged
}
pred command {
  Now = Command and one Actor and no Party and no Plan
  leads[Actor] and appended[Actor.term] and Message in Write
  term' = term and follows' = follows and unchanged
}
/** A leader begins the change, once an entry of its own term is committed; or ends it, once its beginning is. Whoever is elected in between ends it at once. */
pred alteration {
  Now = Alteration and some Changing and one Actor and no Party and no Plan
  leads[Actor] and appended[Actor.term] and some Actor.epoch.(joins + leaves)
  let l = log[Actor.tip] & of.(Actor.epoch) {
    no l & Ended
    some l & Joint
      implies (l & Joint in Acked and Message in Ended)
      else (some l & Acked & at.(Actor.term) and Message in Joint)
  }
  term' = term and follows' = follows and unchanged
}
/** An append of the leader that made the entry, sent at any time since, comes to the party. */
pred delivery {
  Now = Delivery and no Actor and some Party and Message in Made and one Message and no Plan
  Party in hearers[Message.of] - Message.by
  no Party.term & terms/nexts[Message.at]
  no Party & holders[Message] & term.(Message.at) & follows.(Message.at) // Nothing new to any of them.
  term' = term ++ Party -> Message.at
  follows' = follows ++ Party -> Message.at
  tip' = tip ++ (Party - holders[Message]) -> Message
  Made' = Made and unchanged
}
/** Some or all of the directories of a plan are sealed, in the end the target: then it is settled what is taken over. */
pred sealing {
  Now = Sealing and no Actor and some Party and no Message and one Plan and Plan not in First + Over
  Party in Plan.surveyed & participants
  Plan.target.epoch = Plan.old
  some EpochsByNumber implies Party.epoch.number = Plan.old.number else Party.epoch = Plan.old
  Plan.target in Party implies (Plan.surveyed - Party in seal.Plan and settled[Plan])
  seal' = seal ++ Party -> Plan
  epoch' = epoch and parts' = parts and Made' = Made and tip' = tip and term' = term and follows' = follows
}
pred settled[r: Epoch] {
  r.base = r.target.tip and r.termBefore = r.target.term
  r.termMin in r.surveyed.term and no r.surveyed.term & terms/nexts[r.termMin]
  some CurrentTermFirst implies r.target.term = r.termMin else freshest[r.target.tip, r.surveyed.tip]
  r in Proven iff proves[r]
}
/** What is there of the next epoch is any part of it afterwards: cut off, begun again, complete. */
pred building {
  Now = Building and no Actor and no Party and no Message and one Plan
  Plan.target.seal = Plan and Plan.target.epoch = Plan.old
  Plan.parts' != Plan.parts
  all e: Epoch - Plan | e.parts' = e.parts
  epoch' = epoch and seal' = seal and Made' = Made and tip' = tip and term' = term and follows' = follows
}
pred publication {
  Now = Publication and no Actor and no Party and no Message and one Plan
  let m = Plan.target {
    m.seal = Plan and m.epoch = Plan.old and Plan not in Over
    Plan.parts = Part or some SwapTooEarly
    epoch' = epoch ++ m -> Plan
    term' = term ++ m -> Plan.termMin
    follows' = follows - m -> Term
  }
  tip' = tip and seal' = seal and parts' = parts and Made' = Made
}
/** More than half of the voters of the old epoch are there; or half, and none has heard of a term after the last entry. */
pred proves[r: Epoch] {
  some Changing implies (let l = log[r.base] & of.(r.old), initial_ = initial[r.old], changed = after_[r.old] {
    (some LastMembership and some l & Ended) or enough[r, initial_]
    some l & (Joint + Ended) implies enough[r, changed]
  })
  else (r.old != First or (
    let there = some NamesVote implies r.surveyed.name.~name & Voter else r.surveyed & Voter, missing = Voter - there |
      some HalfRoundedDown implies plus[#there, 1] >= #missing
      else #there > #missing or (#there = #missing and r.termMin in r.base.at)
  ))
}
pred enough[r: Epoch, of_: set Member] {
  let there = r.surveyed & (some ObserversSurveyed implies Member else of_), missing = of_ - r.surveyed |
    #there > #missing or (#there = #missing and r.termMin in r.base.at)
}
/** The actor's directory is emptied and comes back under its name. */
pred wiping {
  Now = Wiping and one Actor and one Party and no Message and no Plan
  Actor in Voter and some Actor.epoch and Party in Spare and Party.name = Actor.name
  epoch' = epoch - Actor -> Epoch + Party -> First
  tip' = tip - Actor -> Entry
  follows' = follows - Actor -> Term
  term' = term ++ Actor -> terms/first
  seal' = seal - Actor -> Epoch
  parts' = parts and Made' = Made
}
/**
 * The actor, which an epoch was recovered without, or of which only the copy was surveyed, comes back into it: its directory is put aside, and another incarnation is
 * one of the epoch's members, with nothing and without a vote.
 */
pred admission {
  Now = Admission and some Changing and one Actor and one Party and no Message and one Plan and Plan != First
  Actor.epoch = Plan.old and Actor != Plan.target and leads[Plan.target] and Plan.target.epoch = Plan
  some OldLogKept
    implies Party = Actor and epoch' = epoch ++ Actor -> Plan and tip' = tip and term' = term
    else Party in Spare and Party.name = Actor.name and no Party.epoch and epoch' = epoch - Actor -> Epoch + Party -> Plan
      and tip' = tip - Actor -> Entry and term' = term ++ Actor -> terms/first
  follows' = follows - Actor -> Term
  seal' = seal - Actor -> Epoch
  parts' = parts and Made' = Made
}
pred forgetting {
  Now = Forgetting and one Actor and no Party and no Message and no Plan
  some SealForgotten and some Actor.seal
  seal' = seal - Actor -> Epoch
  epoch' = epoch and parts' = parts and Made' = Made and tip' = tip and term' = term and follows' = follows
}
/** Seals of a plan are lifted whose epoch is not the live one: the target's first, with which it is over. */
pred lifting {
  Now = Lifting and some Returning and no Actor and some Party and no Message and one Plan and Plan != First
  Party in seal.Plan and Plan.target.epoch != Plan
  Plan.target in Party or Plan.target not in seal.Plan or some LiftedTooEarly
  seal' = seal - Party -> Plan
  Over' = (Plan.target in Party implies Over + Plan else Over)
  all e: Epoch | e.parts' = (e = Plan and Plan.target in Party implies none else e.parts)
  epoch' = epoch and Made' = Made and tip' = tip and term' = term and follows' = follows
}
/** The epoch before is the live one of the target again, and still sealed. */
pred takingBack {
  Now = TakingBack and some Returning and no Actor and no Party and no Message and one Plan
  let m = Plan.target {
    m.epoch = Plan and m.seal = Plan
    no Made & Write & of.Plan or some UsedTakenBack
    epoch' = epoch ++ m -> Plan.old
    tip' = tip - m -> Entry + m -> Plan.base
    term' = term ++ m -> Plan.termBefore
    follows' = follows - m -> Term
  }
  Over' = Over + Plan
  Made' = Made and seal' = seal and parts' = parts
}
pred idle {
  Now = Idle and no Actor and no Party and no Message and no Plan
  Made' = Made and tip' = tip and term' = term and follows' = follows and unchanged
}

pred lifted[m: Member, r: Epoch] { once (Now = Lifting and Plan = r and m in Party) }

// What must hold

pred oneLeader { always all disj x, y: Made | x.of = y.of and x.at = y.at implies x.by = y.by }

/** Without a recovery nothing is lost: who is elected has all that was acknowledged. */
pred leadersAreComplete { always (Now = Election and one Message implies Acked & of.(Message.of) in log[Message]) }

/** In its old epoch it has no vote, takes no entry and acknowledges none, until the seal is lifted, which is never when the recovery comes to its end. */
pred sealsHold {
  all m: Member, r: Epoch | always (m.seal = r implies always (m.epoch = r.old and m.epoch' = r.old and not lifted[m, r] implies
    m.tip' = m.tip and m.term' = m.term and m.follows' = m.follows and no (Acked' - Acked) & by.m))
}

/** What changes a member's log or term comes from its own epoch: no message of another one is followed, nor makes a leader step down. */
fun sender: lone Epoch { Now in Election + Command implies Actor.epoch else Now = Delivery implies Message.of else none }
pred epochsNeverMix {
  always all m: Member | some m.epoch and m.epoch' = m.epoch and (m.tip' != m.tip or m.term' != m.term) implies sender = m.epoch
}

/** Whatever was, or ever will be, acknowledged in an epoch of which a copy was surveyed. */
pred provenIsTrue {
  always all r: Proven | r in Member.epoch implies Acked & of.(r.old + r.surveyed.epoch - r) in log[r.base]
}

/** The same from the moment on at which it is settled what is taken over. */
pred provenIsTrueWhenSealed {
  always all r: Proven | r.target.seal = r and r not in Over implies Acked & of.(r.old) in log[r.base]
}

/** What a member holds is of its epoch, or was taken over into it. */
pred logsBelong { always all m: Member | some m.tip implies (m.tip.of = m.epoch or m.tip in log[m.epoch.base]) }

/** In the first epoch, or in a complete one. What is sealed is as it was: sealsHold. */
pred directoriesAreWhole { always all m: Member | m.epoch in First or m.epoch.parts = Part }

/** The id of a recovery is the digest of its plan. */
fun id[r: Epoch]: set Epoch + Entry + Member { r.old + r.base + (some TargetUnnamed implies none else r.target) }
/** Whoever wrote in an epoch that was taken back was not told that it is safe. */
pred noWriteIsTakenBack { always no Acked & Write & of.Over }

pred splitsAreSeen {
  always all disj r, s: Member.epoch - First | r.number = s.number implies id[r] != id[s]
}

/** Two survivors are recovered apart and lead; then there is a recovery of one of them. Said step by step, as it takes many. */
pred splitAndSurveyed {
  Now = Sealing; Now = Building; Now = Publication; Now = Sealing; Now = Building; Now = Publication;
  Now = Election; Now = Election; Now = Sealing; Now = Building; Now = Publication
}

/** An epoch was recovered, is led, and somebody comes back into it. Said step by step, as above. */
pred readmitted {
  Now = Sealing; Now = Building; Now = Publication; Now = Election; Now = Admission
}

/** A leader that is elected in a change ends it, alone with its recovery; the others go on without having heard of the change. */
pred endedAlone {
  Now = Election; Now = Delivery; Now = Alteration; Now = Election; Now = Sealing; Now = Election; Now = Delivery
}

check OneLeader { oneLeader } for 0 Bug, 0 Returning, 0 Changing, 0 Observer, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 6..6 steps expect 0
check LeadersAreComplete { leadersAreComplete } for 0 Bug, 0 Returning, 0 Changing, 0 Observer, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 2 Number, 2 Epoch, 3 Entry, 6..6 steps expect 0
check SealsHold { sealsHold } for 0 Bug, 0 Returning, 0 Changing, 0 Observer, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 5..5 steps expect 0
check EpochsNeverMix { epochsNeverMix } for 0 Bug, 0 Returning, 0 Changing, 0 Observer, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 2 Number, 2 Epoch, 3 Entry, 7..7 steps expect 0
check ProvenIsTrue { provenIsTrue } for 0 Bug, 0 Returning, 0 Changing, 0 Observer, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 2 Number, 2 Epoch, 3 Entry, 7..7 steps expect 0
check DirectoriesAreWhole { directoriesAreWhole } for 0 Bug, 0 Returning, 0 Changing, 0 Observer, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 7..7 steps expect 0
check SplitsAreSeen { splitsAreSeen } for 0 Bug, 0 Returning, 0 Changing, 0 Observer, 2 Name, exactly 2 Voter, 1 Spare, 3 Term, 2 Number, 3 Epoch, 2 Entry, 9..9 steps expect 0
check ProvenOfSplitIsTrue { splitAndSurveyed implies provenIsTrue } for 0 Bug, 0 Returning, 0 Changing, 0 Observer, 2 Name, exactly 2 Voter, 0 Spare, 3 Term, 3 Number, 4 Epoch, 2 Entry, 12..12 steps expect 0

// The same when recoveries are taken back

check OneLeaderReturning { oneLeader } for 0 Bug, exactly 1 Returning, 0 Changing, 0 Observer, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 7..7 steps expect 0
check SealsHoldReturning { sealsHold } for 0 Bug, exactly 1 Returning, 0 Changing, 0 Observer, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 6..6 steps expect 0
check ProvenIsTrueReturning { provenIsTrue } for 0 Bug, exactly 1 Returning, 0 Changing, 0 Observer, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 8..8 steps expect 0
check NoWriteIsTakenBack { noWriteIsTakenBack } for 0 Bug, exactly 1 Returning, 0 Changing, 0 Observer, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 7..7 steps expect 0

// The same when memberships change, with observers and members that come back

check LeadersAreCompleteChanging { leadersAreComplete } for 0 Bug, 0 Returning, exactly 1 Changing, 3 Name, exactly 2 Voter, exactly 1 Observer, 0 Spare, 3 Term, 1 Number, 1 Epoch, 3 Entry, 7..7 steps expect 0
check ProvenIsTrueChanging { provenIsTrueWhenSealed } for 0 Bug, 0 Returning, exactly 1 Changing, 3 Name, exactly 2 Voter, exactly 1 Observer, 0 Spare, 3 Term, 2 Number, 2 Epoch, 3 Entry, 6..6 steps expect 0
check ProvenOfEndedAloneIsTrue { endedAlone implies provenIsTrueWhenSealed } for 0 Bug, 0 Returning, exactly 1 Changing, 3 Name, exactly 3 Voter, 0 Observer, 0 Spare, 4 Term, 2 Number, 2 Epoch, 4 Entry, 8..8 steps expect 0
check SealsHoldChanging { sealsHold } for 0 Bug, 0 Returning, exactly 1 Changing, 3 Name, exactly 2 Voter, exactly 1 Observer, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 5..5 steps expect 0
check LogsBelong { logsBelong } for 0 Bug, 0 Returning, exactly 1 Changing, 2 Name, exactly 2 Voter, 0 Observer, 1 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 7..7 steps expect 0
check ReadmittedLeadersAreComplete { readmitted implies leadersAreComplete } for 0 Bug, 0 Returning, exactly 1 Changing, 2 Name, exactly 2 Voter, 0 Observer, exactly 1 Spare, 3 Term, 2 Number, 2 Epoch, 4 Entry, 11..11 steps expect 0
check ReadmittedIsProvenTrue { readmitted implies provenIsTrueWhenSealed } for 0 Bug, 0 Returning, exactly 1 Changing, 2 Name, exactly 2 Voter, 0 Observer, exactly 1 Spare, 3 Term, 3 Number, 3 Epoch, 3 Entry, 10..10 steps expect 0

// The same with one mistake: is caught

check ObserversAnswerIsCaught { provenIsTrueWhenSealed } for 1 Bug, exactly 1 ObserversAnswer, 0 Returning, exactly 1 Changing, 3 Name, exactly 2 Voter, exactly 1 Observer, 0 Spare, 2 Term, 2 Number, 2 Epoch, 2 Entry, 6..6 steps expect 1
check ObserversSurveyedIsCaught { provenIsTrueWhenSealed } for 1 Bug, exactly 1 ObserversSurveyed, 0 Returning, exactly 1 Changing, 4 Name, exactly 3 Voter, exactly 1 Observer, 0 Spare, 2 Term, 2 Number, 2 Epoch, 2 Entry, 6..6 steps expect 1
check LastMembershipIsCaught { endedAlone implies provenIsTrueWhenSealed } for 1 Bug, exactly 1 LastMembership, 0 Returning, exactly 1 Changing, 3 Name, exactly 3 Voter, 0 Observer, 0 Spare, 4 Term, 2 Number, 2 Epoch, 4 Entry, 8..8 steps expect 1
check OldLogKeptIsCaught { logsBelong } for 1 Bug, exactly 1 OldLogKept, 0 Returning, exactly 1 Changing, 2 Name, exactly 2 Voter, 0 Observer, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 7..7 steps expect 1

check LiftedTooEarlyIsCaught { provenIsTrue } for 1 Bug, exactly 1 LiftedTooEarly, exactly 1 Returning, 0 Changing, 0 Observer, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 8..8 steps expect 1
check UsedTakenBackIsCaught { noWriteIsTakenBack } for 1 Bug, exactly 1 UsedTakenBack, exactly 1 Returning, 0 Changing, 0 Observer, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 7..7 steps expect 1

check SameGroupIsCaught { epochsNeverMix } for 1 Bug, 0 Returning, 0 Changing, 0 Observer, exactly 1 SameGroup, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 6..6 steps expect 1
check NamesVoteIsCaught { leadersAreComplete } for 1 Bug, 0 Returning, 0 Changing, 0 Observer, exactly 1 NamesVote, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 1 Number, 1 Epoch, 2 Entry, 5..5 steps expect 1
check NamesVoteTwiceIsCaught { oneLeader } for 1 Bug, 0 Returning, 0 Changing, 0 Observer, exactly 1 NamesVote, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 1 Number, 1 Epoch, 2 Entry, 5..5 steps expect 1
check CurrentTermFirstIsCaught { provenIsTrue } for 1 Bug, 0 Returning, 0 Changing, 0 Observer, exactly 1 CurrentTermFirst, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 7..7 steps expect 1
check SealForgottenIsCaught { sealsHold } for 1 Bug, 0 Returning, 0 Changing, 0 Observer, exactly 1 SealForgotten, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 5..5 steps expect 1
check SealForgottenLosesIsCaught { provenIsTrue } for 1 Bug, 0 Returning, 0 Changing, 0 Observer, exactly 1 SealForgotten, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 7..7 steps expect 1
check HalfRoundedDownIsCaught { provenIsTrue } for 1 Bug, 0 Returning, 0 Changing, 0 Observer, exactly 1 HalfRoundedDown, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 6..6 steps expect 1
check SwapTooEarlyIsCaught { directoriesAreWhole } for 1 Bug, 0 Returning, 0 Changing, 0 Observer, exactly 1 SwapTooEarly, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 5..5 steps expect 1
check EpochsByNumberIsCaught { splitAndSurveyed implies provenIsTrue } for 1 Bug, 0 Returning, 0 Changing, 0 Observer, exactly 1 EpochsByNumber, 2 Name, exactly 2 Voter, 0 Spare, 3 Term, 3 Number, 4 Epoch, 2 Entry, 12..12 steps expect 1
check TargetUnnamedIsCaught { splitsAreSeen } for 1 Bug, 0 Returning, 0 Changing, 0 Observer, exactly 1 TargetUnnamed, 2 Name, exactly 2 Voter, 0 Spare, 2 Term, 2 Number, 3 Epoch, 2 Entry, 7..7 steps expect 1

// What the claims are about: is possible

/** What was acknowledged before is there, and the epoch goes on. */
run RecoveryIsPossible {
  eventually some r: Proven | r in Member.epoch and some Acked & of.r and some Acked & of.First & log[r.base]
} for 0 Bug, 0 Returning, 0 Changing, 0 Observer, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 7..7 steps expect 1
/** The old majority acknowledges in a higher term, beside a leader of the new epoch that stays. */
run OldMajorityIsPossible {
  some r: Epoch - First, disj x, y: Entry {
    x.of = r and y.of = First and terms/gt[y.at, x.at]
    eventually (x in Acked and y not in Made and eventually (y in Acked and leads[r.target] and r.target.term = x.at))
  }
} for 0 Bug, 0 Returning, 0 Changing, 0 Observer, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 7..7 steps expect 1
run CutOffIsPossible {
  some r: Epoch | eventually always (r.target.seal = r and r.target.epoch = First and some r.parts and r.parts != Part)
} for 0 Bug, 0 Returning, 0 Changing, 0 Observer, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 4..4 steps expect 1
/** The others go on without the voter that was emptied. */
run WipedIsPossible {
  some x: Entry | eventually (some Spare.epoch and x not in Made and eventually x in Acked)
} for 0 Bug, 0 Returning, 0 Changing, 0 Observer, 3 Name, exactly 3 Voter, exactly 1 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 5..5 steps expect 1
/** Taken back when it was led already; then the old epoch acknowledges again. */
run ReturnIsPossible {
  some x: Entry & of.First | eventually (some Over and x not in Made and some Made - of.First and eventually x in Acked)
} for 0 Bug, exactly 1 Returning, 0 Changing, 0 Observer, 3 Name, exactly 3 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 8..8 steps expect 1
/** Each of two survivors goes on alone and acknowledges. */
run SplitIsPossible {
  eventually some disj r, s: Member.epoch - First | r.number = s.number and some Acked & of.r and some Acked & of.s
} for 0 Bug, 0 Returning, 0 Changing, 0 Observer, 2 Name, exactly 2 Voter, 0 Spare, 3 Term, 2 Number, 3 Epoch, 2 Entry, 9..9 steps expect 1
run SecondRecoveryIsPossible {
  eventually some r: Proven & Member.epoch | r.old != First and some Acked & of.r and some Acked & of.(r.old)
} for 0 Bug, 0 Returning, 0 Changing, 0 Observer, 2 Name, exactly 2 Voter, 0 Spare, 4 Term, 3 Number, 3 Epoch, 2 Entry, 9..9 steps expect 1
run HalfIsPossible {
  eventually some r: Proven & Member.epoch | one r.surveyed and some log[r.base] & Acked
} for 0 Bug, 0 Returning, 0 Changing, 0 Observer, 2 Name, exactly 2 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 6..6 steps expect 1

/** An observer gets its vote: it counts, and the end of the change is acknowledged. */
run ChangeIsPossible {
  some First.joins and (eventually some x: Ended & Acked | x.of = First and x.by in Voter)
} for 0 Bug, 0 Returning, exactly 1 Changing, 3 Name, exactly 2 Voter, exactly 1 Observer, 0 Spare, 2 Term, 1 Number, 1 Epoch, 3 Entry, 7..7 steps expect 1
run ObserverGoesOnIsPossible {
  eventually some r: Proven & Member.epoch | r.target in Observer and some log[r.base] & Acked
} for 0 Bug, 0 Returning, exactly 1 Changing, 3 Name, exactly 2 Voter, exactly 1 Observer, 0 Spare, 3 Term, 2 Number, 2 Epoch, 2 Entry, 7..7 steps expect 1
/** Who came back has a vote again. */
run ReadmissionIsPossible {
  eventually some Ended & Acked & of.(Spare.epoch - First)
} for 0 Bug, 0 Returning, exactly 1 Changing, 2 Name, exactly 2 Voter, 0 Observer, exactly 1 Spare, 3 Term, 2 Number, 2 Epoch, 3 Entry, 11..11 steps expect 1

// Larger, on demand

check LargerLeadersAreCompleteJoining { leadersAreComplete } for 0 Bug, 0 Returning, exactly 1 Changing, 3 Name, exactly 2 Voter, exactly 1 Observer, 0 Spare, 3 Term, 1 Number, 1 Epoch, 4 Entry, 8..8 steps expect 0
check LargerLeadersAreCompleteLeaving { leadersAreComplete } for 0 Bug, 0 Returning, exactly 1 Changing, 3 Name, exactly 3 Voter, 0 Observer, 0 Spare, 3 Term, 1 Number, 1 Epoch, 4 Entry, 8..8 steps expect 0
check LargerProvenIsTrueJoining { provenIsTrueWhenSealed } for 0 Bug, 0 Returning, exactly 1 Changing, 3 Name, exactly 2 Voter, exactly 1 Observer, 0 Spare, 3 Term, 2 Number, 2 Epoch, 4 Entry, 8..8 steps expect 0
check LargerProvenIsTrueLeaving { provenIsTrueWhenSealed } for 0 Bug, 0 Returning, exactly 1 Changing, 3 Name, exactly 3 Voter, 0 Observer, 0 Spare, 4 Term, 2 Number, 2 Epoch, 4 Entry, 8..8 steps expect 0
check LargerLeadersAreCompleteChanging { leadersAreComplete } for 0 Bug, 0 Returning, exactly 1 Changing, 4 Name, exactly 3 Voter, exactly 1 Observer, 0 Spare, 4 Term, 1 Number, 1 Epoch, 4 Entry, 9..9 steps expect 0
check LargerProvenIsTrueChanging { provenIsTrueWhenSealed } for 0 Bug, 0 Returning, exactly 1 Changing, 4 Name, exactly 3 Voter, exactly 1 Observer, 0 Spare, 4 Term, 2 Number, 2 Epoch, 4 Entry, 8..8 steps expect 0
check LargerReadmittedIsProvenTrue { readmitted implies provenIsTrueWhenSealed } for 0 Bug, 0 Returning, exactly 1 Changing, 2 Name, exactly 2 Voter, 0 Observer, exactly 1 Spare, 4 Term, 3 Number, 3 Epoch, 4 Entry, 12..12 steps expect 0
check LargerLogsBelong { logsBelong } for 0 Bug, 0 Returning, exactly 1 Changing, 4 Name, exactly 3 Voter, exactly 1 Observer, 1 Spare, 3 Term, 2 Number, 2 Epoch, 3 Entry, 8..8 steps expect 0

check LargerOneLeader { oneLeader } for 0 Bug, 0 Returning, 0 Changing, 0 Observer, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 2 Number, 2 Epoch, 3 Entry, 8..8 steps expect 0
check LargerLeadersAreComplete { leadersAreComplete } for 0 Bug, 0 Returning, 0 Changing, 0 Observer, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 2 Number, 2 Epoch, 4 Entry, 8..8 steps expect 0
check LargerSealsHold { sealsHold } for 0 Bug, 0 Returning, 0 Changing, 0 Observer, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 2 Number, 2 Epoch, 3 Entry, 7..7 steps expect 0
check LargerEpochsNeverMix { epochsNeverMix } for 0 Bug, 0 Returning, 0 Changing, 0 Observer, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 3 Number, 3 Epoch, 3 Entry, 9..9 steps expect 0
check LargerProvenIsTrue { provenIsTrue } for 0 Bug, 0 Returning, 0 Changing, 0 Observer, 3 Name, exactly 3 Voter, 1 Spare, 4 Term, 2 Number, 2 Epoch, 4 Entry, 8..8 steps expect 0
check LargerProvenOfFourIsTrue { provenIsTrue } for 0 Bug, 0 Returning, 0 Changing, 0 Observer, 4 Name, exactly 4 Voter, 0 Spare, 3 Term, 2 Number, 2 Epoch, 3 Entry, 7..7 steps expect 0
check LargerProvenOfSplitIsTrue { provenIsTrue } for 0 Bug, 0 Returning, 0 Changing, 0 Observer, 2 Name, exactly 2 Voter, 0 Spare, 3 Term, 3 Number, 4 Epoch, 2 Entry, 12..12 steps expect 0
check LargerSplitsAreSeen { splitsAreSeen } for 0 Bug, 0 Returning, 0 Changing, 0 Observer, 3 Name, exactly 3 Voter, 1 Spare, 3 Term, 3 Number, 4 Epoch, 2 Entry, 12..12 steps expect 0
