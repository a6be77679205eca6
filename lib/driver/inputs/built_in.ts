/** The inputs that come with june-load. */
import { makeClip } from "./clip.ts";
import clipList from "./clips.json" with { type: "json" };
import type { ChatTurn, Clip } from "./inputs.ts";
import { parseWav } from "./read/wav.ts";

/** The built-in speech clips. They lie beside this file, in the compiled program too. */
export async function builtInClips(): Promise<Clip[]> {
  return await Promise.all(clipList.clips.map(async ({ audio, text }) => {
    const bytes = await Deno.readFile(new URL(audio, import.meta.url));
    return makeClip(audio, parseWav(bytes), text);
  }));
}

/** Prompts of many lengths and kinds, so that caches rarely help. */
export const PROMPTS: readonly string[] = [
  "Name three rivers that cross a border.",
  "Why is the sky dark at night if there are stars in every direction?",
  "Write a polite email asking a neighbour to move a car from the shared driveway.",
  "Explain to a ten-year-old how a lock on a canal lifts a boat.",
  "List the steps to change a bicycle tyre.",
  "What is 17 percent of 460, and how did you work it out?",
  "Give me a recipe for lentil soup with what most kitchens have.",
  "Translate into French: the last bus leaves at a quarter to eleven.",
  "Summarise the plot of a lighthouse keeper who finds a message in a bottle, in two sentences.",
  "Compare heat pumps and gas boilers for a small flat.",
  "Write a haiku about a printer that is out of paper.",
  "What questions should I ask before I rent an old house?",
  "Which is heavier, a litre of oil or a litre of water, and why?",
  "Suggest five names for a grey cat with one white paw.",
  "How do I tell whether an egg is still fresh?",
  "Describe the sound of rain on a tin roof without using the word rain.",
  "A train leaves at 9:40 and takes two hours and thirty-five minutes. When does it arrive?",
  "Give two arguments for and two against a four-day working week.",
  "What does a conductor of an orchestra actually do?",
  "Write a short note thanking a colleague who covered my shift.",
  "How does a refrigerator move heat from a cold place to a warm one?",
  "Plan a quiet Sunday in a town with one museum and a river.",
  "What is the difference between weather and climate?",
  "Turn this into a friendly reminder: your library book was due last Tuesday.",
  "Explain why bridges have gaps between their sections.",
  "Give me a warm-up of five minutes for someone who sits all day.",
  "Which documents do I usually need to open a bank account?",
  "Write the first paragraph of a detective story that begins in a laundrette.",
  "How many different pairs can be made from twelve people?",
  "What should I check on a used laptop before I buy it?",
  "Explain compound interest with an example of one hundred euros.",
  "Rewrite more simply: the aforementioned premises shall be vacated forthwith.",
  "Why do some metals rust and others do not?",
  "Suggest a packing list for three days of walking in cool weather.",
  "What is a good way to remember the order of the planets?",
  "Write a product description of a mug that keeps tea warm for an hour.",
  "How do noise-cancelling headphones work?",
  "Give a balanced answer: should a small shop accept only cards?",
  "What happens to a letter between the post box and the door?",
  "Explain the rules of a simple card game for two players, then list three mistakes that beginners make and how to " +
  "avoid each of them, and close with one sentence on why the game is worth learning.",
];

/** Sentences of everyday length, as an assistant would say them. */
export const SENTENCES: readonly string[] = [
  "Your next meeting starts in ten minutes.",
  "I have turned the heating down to eighteen degrees.",
  "There is a small delay on the way to the station.",
  "Good morning, it is going to be cloudy until noon.",
  "I could not find a song with that name.",
  "The washing machine will be done at half past four.",
  "Would you like me to read the second message too?",
  "Your parcel was left with the neighbour on the ground floor.",
  "I set an alarm for six forty-five.",
  "That shop closes early on Saturdays.",
  "The quickest route is along the river and over the old bridge.",
  "You have three new messages, and one of them is marked urgent.",
  "Okay, I will remind you when you get home.",
  "The soup should simmer for another twenty minutes.",
  "I am sorry, I did not catch the last word.",
  "The front door is locked, and all the windows are shut.",
  "Your train now leaves from platform seven.",
  "The answer is four hundred and twelve.",
  "I added bread, olives and candles to the list.",
  "Tomorrow's appointment was moved to a quarter past three.",
  "Here is a short summary: two people agreed, one asked for more time, and nobody objected to the new date.",
  "The battery of the garden sensor is nearly empty.",
  "It takes about five minutes on foot, or two by bicycle.",
  "I found four recipes; the first one needs no oven.",
  "The film begins at eight, but the doors open at half past seven.",
  "Done.",
  "Let me think about that for a moment, because there is more than one good answer, and they depend on how much time " +
  "you have this afternoon.",
  "The air quality in the city centre is moderate today.",
  "Your call with Anna lasted twenty-six minutes.",
  "Good night, see you tomorrow.",
];

const user = (content: string): ChatTurn => ({ role: "user", content });
const assistant = (content: string): ChatTurn => ({ role: "assistant", content });

/** Conversations: mostly a single question, some with turns before it. Each ends with the user's turn. */
export const CHATS: readonly (readonly ChatTurn[])[] = [
  [user("What can I cook with rice, eggs and spring onions?")],
  [user("Remind me how to convert miles to kilometres.")],
  [user("Is it worth repairing a ten-year-old washing machine?")],
  [user("Tell me something surprising about octopuses.")],
  [user("I have an hour before my flight. What should I do first at the airport?")],
  [user("Help me word a message to cancel dinner without sounding rude.")],
  [user("What is the best time of day to water tomatoes?")],
  [user("Explain what a mortgage is as if I had never heard of one.")],
  [user("How long does a letter to another country usually take?")],
  [user("Suggest a birthday present for somebody who likes maps.")],
  [user("Can I mix old and new batteries in a torch?")],
  [user("Which planet has the shortest day?")],
  [user("My screen flickers when I plug in the charger. What could it be?")],
  [user("Give me three sentences about the history of the umbrella.")],
  [user("What is a fair way to split a bill among five people who ate very differently?")],
  [user("How do I stop a door from squeaking?")],
  [
    user("I want to learn to swim as an adult. Where do I start?"),
    assistant("Look for a beginners' course at a pool near you, and start with breathing exercises in shallow water."),
    user("And how often should I practise?"),
  ],
  [
    user("Recommend a short novel."),
    assistant("Do you prefer something calm, something funny, or something dark?"),
    user("Something funny, and not too old."),
  ],
  [
    user("My plant has yellow leaves."),
    assistant("That is often too much water. How often do you water it?"),
    user("Every second day, and the pot has no hole."),
  ],
  [
    user("What is the capital of Australia?"),
    assistant("Canberra."),
    user("Why not Sydney?"),
  ],
  [
    user("Plan a walk of two hours for tomorrow."),
    assistant("You could follow the river to the weir and come back through the park. Do you have a dog with you?"),
    user("Yes, and a pushchair."),
    assistant("Then stay on the paved side and skip the stairs at the weir."),
    user("How far is that in all?"),
  ],
  [
    user("Convert 180 degrees Celsius to Fahrenheit."),
    assistant("It is 356 degrees Fahrenheit."),
    user("And gas mark?"),
  ],
  [
    user("I keep forgetting names. Any advice?"),
    assistant("Say the name back once and tie it to something you can see."),
    user("Give me an example with the name Robin."),
  ],
  [
    user("Write one line for a farewell card."),
    assistant("Thank you for the laughter, and for the quiet help that nobody asked for."),
    user("Shorter, please."),
  ],
  [user("What does it mean when a dog tilts its head?")],
  [user("How can I make my flat warmer without a new heating system?")],
  [user("Name a board game for four that takes less than an hour.")],
  [user("Is a tomato a fruit? Answer in one sentence.")],
  [user("What should be in a first-aid kit for a car?")],
  [user("Describe a job interview that goes well, from the door to the goodbye.")],
];
