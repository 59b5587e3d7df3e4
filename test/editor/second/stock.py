import pickle


def load_stock(data):
    return pickle.loads(data)
